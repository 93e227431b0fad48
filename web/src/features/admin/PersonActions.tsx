// What an admin may do to somebody's account. Never to one's own.
import { useLingui } from "@lingui/react/macro"
import { useQueryClient } from "@tanstack/react-query"
import { type ReactNode, useState } from "react"
import { AskFirstButton } from "../../ui/AskFirstButton"
import { SelectField, TextArea } from "../../ui/Field"
import { changeRole, refreshAdmin, reinstateUser, suspendUser } from "./api"
import { ROLES, type Role } from "./filter"
import type { AdminUser } from "./types"

const REASON_MAX = 500

export function useRoleNames(): Record<Role, string> {
  const { t } = useLingui()
  return { user: t`Member`, moderator: t`Moderator`, admin: t`Admin` }
}

export function RoleButton({ person }: { person: AdminUser }): ReactNode {
  const { t } = useLingui()
  const names = useRoleNames()
  const queries = useQueryClient()
  const [chosen, setChosen] = useState<Role>()
  const role = chosen ?? person.role
  const { id, username } = person
  const roleName = names[role]
  return (
    <AskFirstButton
      look="plain"
      className="px-3"
      label={t`Role`}
      name={t`Role of ${username}`}
      title={t`Change the role of ${username}?`}
      description={t`It counts within seconds, also where they are signed in.`}
      keep={t`Leave it`}
      confirm={t`Change`}
      confirmLook="primary"
      done={t`Role of ${username}: ${roleName}.`}
      action={() => changeRole(id, role)}
      onSettled={() => refreshAdmin(queries)}
    >
      <SelectField
        label={t`Role`}
        value={role}
        onChange={({ target }) => setChosen(ROLES.find((known) => known === target.value))}
      >
        {ROLES.map((known) => (
          <option key={known} value={known}>
            {names[known]}
          </option>
        ))}
      </SelectField>
    </AskFirstButton>
  )
}

/** One button for both ways, so that it keeps its place and the focus when the one has become the other. */
export function AccessButton({ person }: { person: AdminUser }): ReactNode {
  const { t } = useLingui()
  const queries = useQueryClient()
  const [reason, setReason] = useState("")
  const [missing, setMissing] = useState(false)
  const { id, username, is_suspended } = person
  const shared = {
    look: "plain" as const,
    className: "px-3",
    keep: t`Leave it`,
    onSettled: () => refreshAdmin(queries),
  }
  if (is_suspended) {
    return (
      <AskFirstButton
        {...shared}
        label={t`Reinstate`}
        name={t`Reinstate ${username}`}
        title={t`Reinstate ${username}?`}
        description={t`They can sign in again.`}
        confirm={t`Reinstate`}
        confirmLook="primary"
        done={t`${username} can sign in again.`}
        action={() => reinstateUser(id)}
      />
    )
  }
  const isReady = (): boolean => {
    setMissing(!reason.trim())
    return reason.trim() !== ""
  }
  const suspend = async (): Promise<void> => {
    await suspendUser(id, reason.trim())
    setReason("")
  }
  return (
    <AskFirstButton
      {...shared}
      label={t`Suspend`}
      name={t`Suspend ${username}`}
      title={t`Suspend ${username}?`}
      description={t`They are signed out everywhere and cannot come back, and a stream of theirs is cut. What they sold stays with its buyers.`}
      confirm={t`Suspend`}
      done={t`${username} is suspended.`}
      action={suspend}
      isReady={isReady}
    >
      <TextArea
        label={t`Reason`}
        help={t`It is kept in the audit.`}
        maxLength={REASON_MAX}
        required
        value={reason}
        onChange={({ target }) => setReason(target.value)}
        error={missing ? t`Write why.` : undefined}
      />
    </AskFirstButton>
  )
}
