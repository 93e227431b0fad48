// Rows of facts: a table where there is room, a card for each row where there is not. What opens under a row is its detail.
import { type ReactNode, useId, useState } from "react"
import { cx } from "./classes"
import { Icon } from "./icons"

interface Column<Row> {
  /** Over the column; on a card, before the fact. */
  name: string
  cell: (row: Row) => ReactNode
  /** Figures stand at the end, one under the other. */
  figures?: boolean
  /** What the row is called: the card's first line, without a name before it. */
  leads?: boolean
}

interface Detail<Row> {
  /** On the button; the name tells rows apart. */
  label: string
  nameOf: (row: Row) => string
  render: (row: Row) => ReactNode
}

interface Props<Row> {
  caption: string
  columns: ReadonlyArray<Column<Row>>
  rows: readonly Row[]
  keyOf: (row: Row) => string
  detail?: Detail<Row>
  /** What can be done with a row. */
  actions?: { name: string; render: (row: Row) => ReactNode }
}

const CELL = "py-1 lg:px-3 lg:py-3 lg:align-top lg:first:ps-0 lg:last:pe-0"
const HEAD = "px-3 pb-2 font-semibold text-muted text-sm first:ps-0 last:pe-0"

function Fact<Row>({ column, row }: { column: Column<Row>; row: Row }): ReactNode {
  const { name, cell, figures, leads } = column
  return (
    <td
      className={cx(
        CELL,
        "min-w-0 max-lg:flex max-lg:flex-wrap max-lg:items-baseline max-lg:justify-between max-lg:gap-x-4",
        figures && "tabular whitespace-nowrap lg:text-end",
      )}
    >
      {leads ? null : <span className="text-muted text-sm lg:hidden">{name}</span>}
      <div className={cx("wrap-anywhere min-w-0", leads ? "max-lg:w-full" : "max-lg:text-end")}>{cell(row)}</div>
    </td>
  )
}

function Opener({
  label,
  name,
  open,
  id,
  onToggle,
}: Record<"label" | "name" | "id", string> & { open: boolean; onToggle: () => void }): ReactNode {
  return (
    <button
      type="button"
      aria-expanded={open}
      aria-controls={open ? id : undefined}
      aria-label={`${label}: ${name}`}
      onClick={onToggle}
      className="inline-flex min-h-11 items-center gap-1 rounded-lg px-2 font-semibold text-sm hover:bg-quiet max-lg:first:-mx-2"
    >
      {label}
      <span className={cx("transition-transform duration-150", open && "rotate-180")}>
        <Icon name="chevron" size={16} />
      </span>
    </button>
  )
}

function Entry<Row>({
  row,
  columns,
  detail,
  actions,
}: { row: Row } & Pick<Props<Row>, "columns" | "detail" | "actions">): ReactNode {
  const id = useId()
  const [open, setOpen] = useState(false)
  const hasTail = Boolean(detail ?? actions)
  return (
    <tbody className="border-line max-lg:grid max-lg:rounded-2xl max-lg:bg-surface max-lg:p-4 max-lg:ring-1 max-lg:ring-line lg:border-t">
      <tr className="max-lg:grid">
        {columns.map((column) => (
          <Fact key={column.name} column={column} row={row} />
        ))}
        {hasTail ? (
          <td className="pt-3 lg:ps-3 lg:py-0.5 lg:text-end lg:align-top">
            <div className="flex flex-wrap items-center gap-2 lg:justify-end">
              {actions?.render(row)}
              {detail ? (
                <Opener
                  label={detail.label}
                  name={detail.nameOf(row)}
                  id={id}
                  open={open}
                  onToggle={() => setOpen(!open)}
                />
              ) : null}
            </div>
          </td>
        ) : null}
      </tr>
      {detail && open ? (
        <tr className="max-lg:grid" id={id}>
          <td colSpan={columns.length + 1} className="pt-2 pb-4 max-lg:pb-0">
            {detail.render(row)}
          </td>
        </tr>
      ) : null}
    </tbody>
  )
}

export function Table<Row>({ caption, columns, rows, keyOf, detail, actions }: Props<Row>): ReactNode {
  return (
    <table className="w-full max-lg:grid max-lg:gap-3">
      <caption className="sr-only">{caption}</caption>
      <thead className="max-lg:sr-only">
        <tr>
          {columns.map(({ name, figures }) => (
            <th key={name} scope="col" className={cx(HEAD, figures ? "text-end" : "text-start")}>
              {name}
            </th>
          ))}
          {(detail ?? actions) ? (
            <th scope="col" className={HEAD}>
              <span className="sr-only">{actions?.name ?? detail?.label}</span>
            </th>
          ) : null}
        </tr>
      </thead>
      {rows.map((row) => (
        <Entry key={keyOf(row)} row={row} columns={columns} detail={detail} actions={actions} />
      ))}
    </table>
  )
}
