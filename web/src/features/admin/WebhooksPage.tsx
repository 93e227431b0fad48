// What the providers told us: each event once, what became of it, its body, and having it handled again.
import { Plural, Trans, useLingui } from "@lingui/react/macro"
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query"
import type { ReactNode } from "react"
import { wholeNumber } from "../../lib/format"
import { AskFirstButton } from "../../ui/AskFirstButton"
import { Badge, type BadgeWords, badgeWords } from "../../ui/Badge"
import { PagedList } from "../../ui/PagedList"
import { EmptyState, ErrorState, Loading, Skeleton } from "../../ui/states"
import { Table } from "../../ui/Table"
import { Time } from "../../ui/Time"
import { AdminFrame } from "./AdminFrame"
import { refreshAdmin, replayWebhook, webhookQuery, webhooksQuery } from "./api"
import { Code, Facts } from "./Facts"
import { PROVIDERS, type Provider, WEBHOOK_STATUSES, type WebhookStatus, type WebhooksFilter } from "./filter"
import { Choice, NothingMatches } from "./filters"
import type { WebhookEvent } from "./types"

interface Props {
  filter: WebhooksFilter
  onFilter: (filter: WebhooksFilter) => void
}

const PROVIDER_NAMES: Record<Provider, string> = { hyperswitch: "Hyperswitch", stripe: "Stripe" }

function useStatusNames(): Record<WebhookStatus, BadgeWords> {
  const { t } = useLingui()
  return {
    received: { name: t`Not handled yet`, icon: "clock", tone: "plain" },
    applied: { name: t`Applied`, icon: "tick", tone: "good" },
    ignored: { name: t`No effect`, icon: "circle", tone: "muted" },
    flagged: { name: t`Needs a look`, icon: "warning", tone: "warn" },
    failed: { name: t`Failed`, icon: "close", tone: "danger" },
  }
}

function Filters({ filter, onFilter }: Props): ReactNode {
  const { t } = useLingui()
  const names = useStatusNames()
  return (
    <search className="mb-4 grid gap-3 sm:grid-cols-2">
      <Choice
        label={t`Status`}
        value={filter.status}
        choices={WEBHOOK_STATUSES}
        nameOf={(status) => names[status].name}
        onChoose={(status) => onFilter({ ...filter, status })}
      />
      <Choice
        label={t`Provider`}
        value={filter.provider}
        choices={PROVIDERS}
        nameOf={(provider) => PROVIDER_NAMES[provider]}
        onChoose={(provider) => onFilter({ ...filter, provider })}
      />
    </search>
  )
}

/** JSON with its lines; anything else as it came. */
function readable(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}

function Body({ id }: { id: string }): ReactNode {
  const { t } = useLingui()
  const event = useQuery(webhookQuery(id))
  if (event.isPending) {
    return (
      <Loading>
        <Skeleton className="h-40 rounded-xl!" />
      </Loading>
    )
  }
  if (event.isError) {
    return (
      <ErrorState error={event.error} title={t`The event could not be read`} onRetry={() => void event.refetch()} />
    )
  }
  const { event_id, handled_at, note, body } = event.data
  return (
    <div className="grid gap-2">
      <Facts
        facts={[
          { name: t`Event`, value: <Code>{event_id}</Code> },
          { name: t`Handled`, value: handled_at ? <Time at={handled_at} /> : null },
          { name: t`Note`, value: note },
        ]}
      />
      {body === null ? (
        <p className="text-muted text-sm">
          <Trans>Its body is no longer kept.</Trans>
        </p>
      ) : (
        <section
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
          tabIndex={0}
          aria-label={t`Body`}
          className="max-h-96 overflow-auto rounded-xl bg-sunken p-4"
        >
          <pre className="font-mono text-xs">{readable(body)}</pre>
        </section>
      )}
    </div>
  )
}

function ReplayButton({ event }: { event: WebhookEvent }): ReactNode {
  const { t } = useLingui()
  const queries = useQueryClient()
  const { id, kind, event_id } = event
  return (
    <AskFirstButton
      look="quiet"
      label={t`Replay`}
      name={t`Replay ${event_id}`}
      title={t`Have “${kind}” handled again?`}
      description={t`It is applied as if it had just arrived. What it already did is not done twice.`}
      keep={t`Not now`}
      confirm={t`Replay`}
      confirmLook="primary"
      done={t`It waits for the worker. This list shows what becomes of it.`}
      action={() => replayWebhook(id)}
      onSettled={() => refreshAdmin(queries)}
    />
  )
}

const Standing = ({ words: { name, icon, tone } }: { words: BadgeWords }): ReactNode => (
  <div>
    <Badge icon={icon} tone={tone}>
      {name}
    </Badge>
  </div>
)

function Rows({ events }: { events: readonly WebhookEvent[] }): ReactNode {
  const { t } = useLingui()
  const names = useStatusNames()
  return (
    <Table
      caption={t`Webhooks`}
      rows={events}
      keyOf={({ id }) => id}
      columns={[
        { name: t`Kind`, cell: ({ kind }) => <Code>{kind || "–"}</Code>, leads: true },
        { name: t`Provider`, cell: ({ provider }) => PROVIDER_NAMES[provider] ?? provider },
        { name: t`Received`, cell: ({ received_at }) => <Time at={received_at} /> },
        {
          name: t`Status`,
          cell: ({ status, note }) => (
            <div className="grid gap-1 max-lg:justify-items-end">
              <Standing words={badgeWords(names, status)} />
              {note ? <p className="text-muted text-sm">{note}</p> : null}
            </div>
          ),
        },
        { name: t`Deliveries`, cell: ({ deliveries }) => wholeNumber(deliveries), figures: true },
      ]}
      actions={{ name: t`Actions`, render: (event) => <ReplayButton event={event} /> }}
      detail={{
        label: t`Body`,
        nameOf: ({ event_id }) => event_id,
        render: ({ id }) => <Body id={id} />,
      }}
    />
  )
}

export function WebhooksPage(props: Props): ReactNode {
  const { t } = useLingui()
  const list = useInfiniteQuery(webhooksQuery(props.filter))
  return (
    <AdminFrame title={t`Webhooks`} lead={t`What the providers told this server, and what became of it.`}>
      <Filters {...props} />
      <PagedList
        list={list}
        rowsOf={({ events }) => events}
        failure={t`The webhooks could not be read`}
        count={(total) => <Plural value={total} one="# event" other="# events" />}
        empty={
          Object.keys(props.filter).length > 0 ? (
            <NothingMatches onClear={() => props.onFilter({})} />
          ) : (
            <EmptyState icon="down" title={t`No provider has told us anything yet`} />
          )
        }
      >
        {(events) => <Rows events={events} />}
      </PagedList>
    </AdminFrame>
  )
}
