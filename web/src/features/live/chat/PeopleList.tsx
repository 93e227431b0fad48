// Who is in the room, and for the host, who moderates it.
import { Plural, Trans, useLingui } from "@lingui/react/macro"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import type { ReactNode } from "react"
import { asApiError } from "../../../lib/errors"
import type { Member } from "../../../lib/types"
import { Button } from "../../../ui/Button"
import { membersQuery, moderatorsQuery, setModerator } from "./api"
import { Listed } from "./Listed"
import { Name } from "./Name"
import type { LiveStreamChat } from "./useLiveStreamChat"

function Person({
  member,
  chat,
  onRole,
}: {
  member: Member
  chat: LiveStreamChat
  onRole: (change: { id: string; moderates: boolean }) => void
}): ReactNode {
  const { id, username, badge } = member
  const appointed = badge === "moderator"
  const offered = chat.appoints && id !== chat.me?.id && (badge === null || appointed)
  return (
    <li className="flex min-h-11 items-center justify-between gap-3 py-1">
      <span className="min-w-0 truncate">
        <Name user={member} />
      </span>
      {offered ? (
        <Button
          className="shrink-0 whitespace-nowrap"
          look="plain"
          writes
          onClick={() => onRole({ id, moderates: !appointed })}
        >
          {appointed ? <Trans>Remove as moderator</Trans> : <Trans>Make moderator</Trans>}
          <span className="sr-only">{username}</span>
        </Button>
      ) : null}
    </li>
  )
}

export function PeopleList({ chat }: { chat: LiveStreamChat }): ReactNode {
  const { t } = useLingui()
  const queries = useQueryClient()
  const people = useQuery({ ...membersQuery(chat.streamId), staleTime: 0 })
  const role = useMutation({
    mutationFn: ({ id, moderates }: { id: string; moderates: boolean }) => setModerator(chat.streamId, id, moderates),
    onSettled: () => queries.invalidateQueries({ queryKey: ["chat", chat.streamId] }),
  })
  const moderators = useQuery({ ...moderatorsQuery(chat.streamId), enabled: chat.appoints })
  const here = new Set(people.data?.members.map(({ id }) => id))
  const away = moderators.data?.moderators.filter(({ id }) => !here.has(id)) ?? []
  const total = people.data?.total ?? 0
  const named = people.data?.members.length ?? 0
  return (
    <div className="grid gap-2">
      {role.error ? (
        <p role="alert" className="text-danger">
          {asApiError(role.error).message}
        </p>
      ) : null}
      {total > 0 ? (
        <p className="text-muted text-sm">
          <Plural value={total} one="# signed-in person is here" other="# signed-in people are here" />
          {named < total ? (
            <>
              {" · "}
              <Trans>the first {named} by name</Trans>
            </>
          ) : null}
        </p>
      ) : null}
      <Listed
        query={people}
        trouble={t`Who is here could not be read`}
        none={t`Nobody is signed in here right now.`}
        rows={({ members }) =>
          members.map((member) => <Person key={member.id} member={member} chat={chat} onRole={role.mutate} />)
        }
      />
      {away.length > 0 ? (
        <>
          <h3 className="pt-3 font-semibold">
            <Trans>Moderators who are not here</Trans>
          </h3>
          <ul className="divide-y divide-line">
            {away.map((person) => (
              <Person
                key={person.id}
                member={{ ...person, role: "moderator", badge: "moderator" }}
                chat={chat}
                onRole={role.mutate}
              />
            ))}
          </ul>
        </>
      ) : null}
    </div>
  )
}
