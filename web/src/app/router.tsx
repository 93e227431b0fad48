// Every route of the app and what it loads. Pages come from features; this is the only place that joins them.
import type { QueryClient } from "@tanstack/react-query"
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type RouterHistory,
  redirect,
} from "@tanstack/react-router"
import * as admin from "../features/admin/filter"
import { CATEGORIES, type Category, type DirectoryFilter, streamQuery } from "../features/live/api"
import { readMoney, readTransfers } from "../features/money/filter"
import { type ProductsFilter, STATUSES } from "../features/selling/filter"
import { readShopFilter } from "../features/shop/filter"
import { loadTexts, type Part } from "../lib/i18n"
import { NotFound } from "./NotFound"
import { PageError } from "./PageError"
import { PagePending } from "./PagePending"
import { Shell } from "./Shell"

interface Context {
  queries: QueryClient
}

/** A page's code and its texts travel side by side. scripts/texts.mjs reads here which page is of which part. */
function page<Module extends Record<string, unknown>>(part: Part, code: () => Promise<Module>, name: keyof Module) {
  const both = async (): Promise<Module> => (await Promise.all([code(), loadTexts(part)]))[0]
  return lazyRouteComponent(both, name)
}

const root = createRootRouteWithContext<Context>()({ component: Shell, notFoundComponent: NotFound })

/** Only a path of our own is a place to go back to. */
function readNext(search: Record<string, unknown>): { next?: string } {
  const { next } = search
  return typeof next === "string" && /^\/(?![/\\])/.test(next) ? { next } : {}
}

function readFilter(search: Record<string, unknown>): DirectoryFilter {
  const category = CATEGORIES.find((known) => known === search.category) as Category | undefined
  const words =
    typeof search.search === "string" || typeof search.search === "number" ? String(search.search).slice(0, 100) : ""
  return { ...(category ? { category } : {}), ...(words ? { search: words } : {}) }
}

function readProducts(search: Record<string, unknown>): ProductsFilter {
  const status = STATUSES.find((known) => known === search.status)
  const { search: words } = readFilter({ search: search.search })
  const offset = Number(search.offset)
  return {
    ...(status ? { status } : {}),
    ...(words ? { search: words } : {}),
    ...(Number.isSafeInteger(offset) && offset > 0 ? { offset } : {}),
  }
}

/** What the provider's page says in the address when it sends the browser back. It is kept, and never believed. */
function readReturn(search: Record<string, unknown>): { payment_id?: string; status?: string } {
  const { payment_id, status } = search
  return {
    ...(typeof payment_id === "string" ? { payment_id } : {}),
    ...(typeof status === "string" ? { status } : {}),
  }
}

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: page("front", () => import("./pages/home"), "HomeRoute"),
})
const live = createRoute({
  getParentRoute: () => root,
  path: "/live",
  validateSearch: readFilter,
  component: page("front", () => import("./pages/live"), "LiveRoute"),
})
const watch = createRoute({
  getParentRoute: () => root,
  path: "/live/$streamId",
  // Details and player engine travel beside the page's code: the first picture comes sooner.
  loader: ({ context, params }) => {
    void context.queries.prefetchQuery(streamQuery(params.streamId))
    void import("../features/live/player/hlsEngine").then(({ preloadEngine }) => preloadEngine())
  },
  component: page("watch", () => import("./pages/watch"), "WatchRoute"),
})
const recording = createRoute({
  getParentRoute: () => root,
  path: "/recordings/$recordingId",
  component: page("watch", () => import("./pages/recording"), "RecordingRoute"),
})
const profile = createRoute({
  getParentRoute: () => root,
  path: "/u/$username",
  component: page("front", () => import("./pages/profile"), "ProfileRoute"),
})
const studio = createRoute({
  getParentRoute: () => root,
  path: "/studio",
  validateSearch: (search): { stream?: string } => (typeof search.stream === "string" ? { stream: search.stream } : {}),
  component: page("studio", () => import("./pages/studio"), "StudioRoute"),
})
/** Where these stood before. */
const moved = (from: string, to: "/settings/profile" | "/settings/sessions") =>
  createRoute({
    getParentRoute: () => root,
    path: from,
    beforeLoad: () => {
      throw redirect({ to, replace: true })
    },
  })
const settingsMoved = [
  moved("/settings", "/settings/profile"),
  moved("/account/profile", "/settings/profile"),
  moved("/account/sessions", "/settings/sessions"),
]
const settingsProfile = createRoute({
  getParentRoute: () => root,
  path: "/settings/profile",
  component: page("account", () => import("./pages/settings-profile"), "SettingsProfileRoute"),
})
const settingsPassword = createRoute({
  getParentRoute: () => root,
  path: "/settings/password",
  component: page("account", () => import("./pages/settings-password"), "SettingsPasswordRoute"),
})
const settingsTwoStep = createRoute({
  getParentRoute: () => root,
  path: "/settings/two-step",
  component: page("account", () => import("./pages/settings-two-step"), "SettingsTwoStepRoute"),
})
const settingsSessions = createRoute({
  getParentRoute: () => root,
  path: "/settings/sessions",
  component: page("account", () => import("./pages/settings-sessions"), "SettingsSessionsRoute"),
})
const settingsNotifications = createRoute({
  getParentRoute: () => root,
  path: "/settings/notifications",
  component: page("account", () => import("./pages/settings-notifications"), "SettingsNotificationsRoute"),
})
const settingsData = createRoute({
  getParentRoute: () => root,
  path: "/settings/data",
  component: page("account", () => import("./pages/settings-data"), "SettingsDataRoute"),
})
const products = createRoute({
  getParentRoute: () => root,
  path: "/sell/products",
  validateSearch: readProducts,
  component: page("selling", () => import("./pages/products"), "ProductsRoute"),
})
const productEditor = createRoute({
  getParentRoute: () => root,
  path: "/sell/products/$productId",
  component: page("selling", () => import("./pages/product-editor"), "ProductEditorRoute"),
})
const money = createRoute({
  getParentRoute: () => root,
  path: "/sell/money",
  validateSearch: readMoney,
  component: page("money", () => import("./pages/money"), "MoneyRoute"),
})
const transfers = createRoute({
  getParentRoute: () => root,
  path: "/sell/transfers",
  validateSearch: readTransfers,
  component: page("money", () => import("./pages/transfers"), "TransfersRoute"),
})
const sales = createRoute({
  getParentRoute: () => root,
  path: "/sell/sales",
  component: page("money", () => import("./pages/sales"), "SalesRoute"),
})
const shop = createRoute({
  getParentRoute: () => root,
  path: "/shop",
  validateSearch: readShopFilter,
  component: page("front", () => import("./pages/shop"), "ShopRoute"),
})
const product = createRoute({
  getParentRoute: () => root,
  path: "/products/$productId",
  component: page("product", () => import("./pages/product"), "ProductRoute"),
})
const library = createRoute({
  getParentRoute: () => root,
  path: "/library",
  component: page("buying", () => import("./pages/library"), "LibraryRoute"),
})
const cart = createRoute({
  getParentRoute: () => root,
  path: "/cart",
  component: page("buying", () => import("./pages/cart"), "CartRoute"),
})
const orders = createRoute({
  getParentRoute: () => root,
  path: "/orders",
  component: page("buying", () => import("./pages/orders"), "OrdersRoute"),
})
const order = createRoute({
  getParentRoute: () => root,
  path: "/orders/$orderId",
  validateSearch: readReturn,
  component: page("buying", () => import("./pages/order"), "OrderRoute"),
})
const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  validateSearch: readNext,
  component: page("account", () => import("./pages/login"), "LoginRoute"),
})
const register = createRoute({
  getParentRoute: () => root,
  path: "/register",
  validateSearch: readNext,
  component: page("account", () => import("./pages/register"), "RegisterRoute"),
})
const forgotPassword = createRoute({
  getParentRoute: () => root,
  path: "/forgot-password",
  component: page("account", () => import("./pages/forgot-password"), "ForgotPasswordRoute"),
})
const resetPassword = createRoute({
  getParentRoute: () => root,
  path: "/reset-password",
  component: page("account", () => import("./pages/reset-password"), "ResetPasswordRoute"),
})
const verifyEmail = createRoute({
  getParentRoute: () => root,
  path: "/verify-email",
  component: page("account", () => import("./pages/verify-email"), "VerifyEmailRoute"),
})
const unsubscribe = createRoute({
  getParentRoute: () => root,
  path: "/unsubscribe",
  component: page("account", () => import("./pages/unsubscribe"), "UnsubscribeRoute"),
})

const adminOverview = createRoute({
  getParentRoute: () => root,
  path: "/admin",
  component: page("admin", () => import("./pages/admin-overview"), "AdminOverviewRoute"),
})
const adminOrders = createRoute({
  getParentRoute: () => root,
  path: "/admin/orders",
  validateSearch: admin.readOrders,
  component: page("admin", () => import("./pages/admin-orders"), "AdminOrdersRoute"),
})
const adminTransfers = createRoute({
  getParentRoute: () => root,
  path: "/admin/transfers",
  validateSearch: admin.readTransfers,
  component: page("admin", () => import("./pages/admin-transfers"), "AdminTransfersRoute"),
})
const adminWebhooks = createRoute({
  getParentRoute: () => root,
  path: "/admin/webhooks",
  validateSearch: admin.readWebhooks,
  component: page("admin", () => import("./pages/admin-webhooks"), "AdminWebhooksRoute"),
})
const adminUsers = createRoute({
  getParentRoute: () => root,
  path: "/admin/users",
  validateSearch: admin.readUsers,
  component: page("admin", () => import("./pages/admin-users"), "AdminUsersRoute"),
})
const adminAudit = createRoute({
  getParentRoute: () => root,
  path: "/admin/audit",
  validateSearch: admin.readAudit,
  component: page("admin", () => import("./pages/admin-audit"), "AdminAuditRoute"),
})
const adminLedger = createRoute({
  getParentRoute: () => root,
  path: "/admin/ledger",
  component: page("admin", () => import("./pages/admin-ledger"), "AdminLedgerRoute"),
})

const administration = [
  adminOverview,
  adminOrders,
  adminTransfers,
  adminWebhooks,
  adminUsers,
  adminAudit,
  adminLedger,
] as const
const selling = [products, productEditor, money, transfers, sales] as const
const settings = [
  settingsProfile,
  settingsPassword,
  settingsTwoStep,
  settingsSessions,
  settingsNotifications,
  settingsData,
] as const
const buying = [shop, product, cart, orders, order, library] as const
const routeTree = root.addChildren([
  home,
  live,
  watch,
  recording,
  profile,
  studio,
  login,
  register,
  forgotPassword,
  resetPassword,
  verifyEmail,
  unsubscribe,
  ...settings,
  ...settingsMoved,
  ...selling,
  ...buying,
  ...administration,
])

export function createAppRouter(queries: QueryClient, history?: RouterHistory) {
  return createRouter({
    routeTree,
    context: { queries },
    ...(history ? { history } : {}),
    defaultPreload: "intent",
    scrollRestoration: true,
    defaultPendingComponent: PagePending,
    defaultErrorComponent: PageError,
    defaultNotFoundComponent: NotFound,
  })
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>
  }
}
