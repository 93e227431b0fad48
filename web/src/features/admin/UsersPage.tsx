// Everybody with an account here: who they are, what they may, and whether they may come in.
import { Plural, Trans, useLingui } from "@lingui/react/macro"
import { useInfiniteQuery, useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { wholeNumber } from "../../lib/format"
import { useSession } from "../../lib/useSession"
import { Badge } from "../../ui/Badge"
import { buttonClass } from "../../ui/Button"
import { PagedList } from "../../ui/PagedList"
import { SearchBox } from "../../ui/SearchBox"
import { Table } from "../../ui/Table"
import { Time } from "../../ui/Time"
import { AdminFrame } from "./AdminFrame"
import { userQuery, usersQuery } from "./api"
import { Facts } from "./Facts"
import { ROLES, SEARCH_MAX, type UsersFilter } from "./filter"
import { Choice, NothingMatches } from "./filters"
import { AccessButton, RoleButton, useRoleNames } from "./PersonActions"
import type { AdminUser } from "./types"

interface Props {
  filter: UsersFilter
  onFilter: (filter: UsersFilter) => void
}

function Filters({ filter, onFilter }: Props): ReactNode {
  const { t } = useLingui()
  const names = useRoleNames()
  return (
    <div className="mb-4 grid gap-3">
      <SearchBox
        key={filter.search ?? ""}
        label={t`Search people`}
        placeholder={t`Username or e-mail`}
        words={filter.search ?? ""}
        most={SEARCH_MAX}
        onSearch={(search) => onFilter({ ...filter, search: search || undefined })}
      />
      <div className="grid gap-3 sm:grid-cols-2">
        <Choice
          label={t`Role`}
          value={filter.role}
          choices={ROLES}
          nameOf={(role) => names[role]}
          onChoose={(role) => onFilter({ ...filter, role })}
        />
        <Choice
          label={t`Access`}
          value={filter.suspended}
          choices={["true", "false"]}
          nameOf={(suspended) => (suspended === "true" ? t`Suspended` : t`Not suspended`)}
          onChoose={(suspended) => onFilter({ ...filter, suspended })}
        />
      </div>
    </div>
  )
}

function Standing({ person }: { person: AdminUser }): ReactNode {
  if (person.is_suspended) {
    return (
      <Badge icon="close" tone="danger">
        <Trans>Suspended</Trans>
      </Badge>
    )
  }
  return person.email_verified ? (
    <Badge icon="tick" tone="good">
      <Trans>Confirmed</Trans>
    </Badge>
  ) : (
    <Badge icon="clock" tone="muted">
      <Trans>E-mail not confirmed</Trans>
    </Badge>
  )
}

function Suspension({ id }: { id: string }): ReactNode {
  const { t } = useLingui()
  const { data } = useQuery(userQuery(id))
  if (!data?.suspended_at) return null
  return (
    <Facts
      facts={[
        { name: t`Suspended`, value: <Time at={data.suspended_at} /> },
        { name: t`Reason`, value: data.suspension_reason },
      ]}
    />
  )
}

/** From a person to all that concerns them. */
function Ways({ person: { id, is_suspended } }: { person: AdminUser }): ReactNode {
  const look = buttonClass("quiet")
  return (
    <div className="flex flex-wrap gap-2">
      {is_suspended ? (
        <div className="w-full">
          <Suspension id={id} />
        </div>
      ) : null}
      <Link to="/admin/orders" search={{ buyer_id: id }} className={look}>
        <Trans>What they bought</Trans>
      </Link>
      <Link to="/admin/orders" search={{ seller_id: id }} className={look}>
        <Trans>What they sold</Trans>
      </Link>
      <Link to="/admin/transfers" search={{ seller_id: id }} className={look}>
        <Trans>Transfers</Trans>
      </Link>
      <Link to="/admin/audit" search={{ actor_id: id }} className={look}>
        <Trans>What they did</Trans>
      </Link>
      <Link to="/admin/audit" search={{ subject_kind: "user", subject_id: id }} className={look}>
        <Trans>What was done to them</Trans>
      </Link>
    </div>
  )
}

function Rows({ people }: { people: readonly AdminUser[] }): ReactNode {
  const { t } = useLingui()
  const { user } = useSession()
  const roles = useRoleNames()
  return (
    <Table
      caption={t`People`}
      rows={people}
      keyOf={({ id }) => id}
      columns={[
        {
          name: t`Person`,
          cell: ({ username, email }) => (
            <>
              <Link to="/u/$username" params={{ username }} className="font-semibold hover:underline">
                {username}
              </Link>
              <span className="block text-muted text-sm">{email}</span>
            </>
          ),
          leads: true,
        },
        { name: t`Role`, cell: ({ role }) => roles[role] },
        { name: t`Access`, cell: (person) => <Standing person={person} /> },
        { name: t`Since`, cell: ({ created_at }) => <Time at={created_at} dayOnly /> },
        { name: t`Orders`, cell: ({ orders }) => wholeNumber(orders), figures: true },
        { name: t`Products`, cell: ({ products }) => wholeNumber(products), figures: true },
      ]}
      actions={{
        name: t`Actions`,
        render: (person) =>
          person.id === user?.id ? (
            <span className="text-muted text-sm">
              <Trans>You</Trans>
            </span>
          ) : (
            <>
              <RoleButton person={person} />
              <AccessButton person={person} />
            </>
          ),
      }}
      detail={{ label: t`More`, nameOf: ({ username }) => username, render: (person) => <Ways person={person} /> }}
    />
  )
}

export function UsersPage(props: Props): ReactNode {
  const { t } = useLingui()
  const list = useInfiniteQuery(usersQuery(props.filter))
  return (
    <AdminFrame title={t`People`} lead={t`Everybody with an account on this server.`}>
      <Filters {...props} />
      <PagedList
        list={list}
        rowsOf={({ users }) => users}
        failure={t`The accounts could not be read`}
        count={(total) => <Plural value={total} one="# account" other="# accounts" />}
        empty={<NothingMatches onClear={() => props.onFilter({})} />}
      >
        {(people) => <Rows people={people} />}
      </PagedList>
    </AdminFrame>
  )
}
