// Who did what. Nothing of it can be changed.
import { Plural, useLingui } from "@lingui/react/macro"
import { useInfiniteQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { PagedList } from "../../ui/PagedList"
import { SearchBox } from "../../ui/SearchBox"
import { EmptyState } from "../../ui/states"
import { Table } from "../../ui/Table"
import { Time } from "../../ui/Time"
import { AdminFrame } from "./AdminFrame"
import { auditQuery } from "./api"
import { Code, Facts } from "./Facts"
import { type AuditFilter, SEARCH_MAX, word } from "./filter"
import { Narrowed, NothingMatches, PersonName } from "./filters"
import type { AuditEntry } from "./types"

interface Props {
  filter: AuditFilter
  onFilter: (filter: AuditFilter) => void
}

function Filters({ filter, onFilter }: Props): ReactNode {
  const { t } = useLingui()
  const { actor_id, subject_kind, subject_id } = filter
  const subject = [subject_kind, subject_id].filter(Boolean).join(" ")
  return (
    <div className="mb-4 grid gap-3">
      <SearchBox
        key={filter.action ?? ""}
        label={t`Only this act`}
        placeholder="user.suspended"
        words={filter.action ?? ""}
        most={SEARCH_MAX}
        onSearch={(typed) => onFilter({ ...filter, action: word(typed) })}
      />
      <div className="flex flex-wrap gap-2 empty:hidden">
        {actor_id ? (
          <Narrowed name={t`Done by`} onClear={() => onFilter({ ...filter, actor_id: undefined })}>
            <PersonName id={actor_id} />
          </Narrowed>
        ) : null}
        {subject ? (
          <Narrowed
            name={t`Done to`}
            onClear={() => onFilter({ ...filter, subject_kind: undefined, subject_id: undefined })}
          >
            {subject}
          </Narrowed>
        ) : null}
      </div>
    </div>
  )
}

function Closer({ entry }: { entry: AuditEntry }): ReactNode {
  const { t } = useLingui()
  const details = Object.entries(entry.details).map(([name, value]) => ({
    name,
    value: typeof value === "string" ? value : <Code>{JSON.stringify(value)}</Code>,
  }))
  const request = { name: t`Request`, value: entry.request_id ? <Code>{entry.request_id}</Code> : null }
  return <Facts facts={[...details, request]} />
}

function Rows({ entries }: { entries: readonly AuditEntry[] }): ReactNode {
  const { t } = useLingui()
  return (
    <Table
      caption={t`Audit`}
      rows={entries}
      keyOf={({ id }) => id}
      columns={[
        {
          name: t`Act`,
          cell: ({ action }) => (
            <Link to="/admin/audit" search={{ action }} className="font-semibold hover:underline">
              {action}
            </Link>
          ),
          leads: true,
        },
        { name: t`Date`, cell: ({ created_at }) => <Time at={created_at} /> },
        {
          name: t`Done by`,
          cell: ({ actor_id, actor_username }) =>
            actor_id ? (
              <Link to="/admin/audit" search={{ actor_id }} className="wrap-break-word hover:underline">
                {actor_username ?? actor_id}
              </Link>
            ) : (
              "Veza"
            ),
        },
        {
          name: t`Done to`,
          cell: ({ subject_kind, subject_id }) => (
            <Link to="/admin/audit" search={{ subject_kind, subject_id }} className="hover:underline">
              {subject_kind} <Code>{subject_id}</Code>
            </Link>
          ),
        },
      ]}
      detail={{
        label: t`Details`,
        nameOf: ({ action, created_at }) => `${action}, ${created_at}`,
        render: (entry) => <Closer entry={entry} />,
      }}
    />
  )
}

export function AuditPage(props: Props): ReactNode {
  const { t } = useLingui()
  const list = useInfiniteQuery(auditQuery(props.filter))
  return (
    <AdminFrame title={t`Audit`} lead={t`Who did what. Nobody can change it, admins included.`}>
      <Filters {...props} />
      <PagedList
        list={list}
        rowsOf={({ entries }) => entries}
        failure={t`The audit could not be read`}
        count={(total) => <Plural value={total} one="# entry" other="# entries" />}
        empty={
          Object.keys(props.filter).length > 0 ? (
            <NothingMatches onClear={() => props.onFilter({})} />
          ) : (
            <EmptyState icon="list" title={t`Nothing was written down yet`} />
          )
        }
      >
        {(entries) => <Rows entries={entries} />}
      </PagedList>
    </AdminFrame>
  )
}
