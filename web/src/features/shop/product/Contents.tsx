// What a product holds: its tracks to listen into, and in short which formats and how much of them one gets.
import { Plural, Trans, useLingui } from "@lingui/react/macro"
import { useQuery } from "@tanstack/react-query"
import { type ReactNode, useMemo } from "react"
import { fileSize } from "../../../lib/format"
import type { ProductFile, PublicProduct } from "../../../lib/types"
import { Icon } from "../../../ui/icons"
import { ErrorState, Loading, Skeleton } from "../../../ui/states"
import { filesQuery } from "../api"
import { previewsOfFiles } from "../previews"
import { TrackRow } from "./TrackRow"
import { useMe } from "./useMe"

interface Format {
  name: string
  count: number
  bytes: number
}

function formatsOf(files: readonly ProductFile[]): Format[] {
  const found = new Map<string, Format>()
  for (const { format, size_bytes } of files) {
    const name = format.toUpperCase()
    const { count, bytes } = found.get(name) ?? { count: 0, bytes: 0 }
    found.set(name, { name, count: count + 1, bytes: bytes + size_bytes })
  }
  return [...found.values()]
}

function WhatYouGet({ files }: { files: readonly ProductFile[] }): ReactNode {
  const others = files.filter((file) => file.duration_seconds === null)
  const titles = others.map((file) => file.title).join(", ")
  return (
    <section aria-labelledby="what-you-get" className="grid gap-3">
      <h2 id="what-you-get" className="font-bold text-xl tracking-tight">
        <Trans>What you get</Trans>
      </h2>
      <ul className="grid gap-2">
        {formatsOf(files).map(({ name, count, bytes }) => (
          <li key={name} className="tabular flex items-center gap-3">
            <span className="text-muted">
              <Icon name="download" size={18} />
            </span>
            <span>
              <Plural value={count} one={`# ${name} file`} other={`# ${name} files`} />
              <span className="text-muted">, {fileSize(bytes)}</span>
            </span>
          </li>
        ))}
      </ul>
      {others.length > 0 ? (
        <p className="wrap-anywhere text-muted text-sm">
          {others.length < files.length ? <Trans>Besides the tracks: {titles}</Trans> : titles}
        </p>
      ) : null}
    </section>
  )
}

export function Contents({ product }: { product: PublicProduct }): ReactNode {
  const { t } = useLingui()
  const { user } = useMe()
  const { data, isError, error, refetch } = useQuery(filesQuery(product.id, user?.id))
  const files = useMemo(() => (data ?? []).filter(({ status }) => status === "ready"), [data])
  const queue = useMemo(() => previewsOfFiles(product, files), [product, files])
  if (isError)
    return <ErrorState error={error} title={t`The tracks could not be read`} onRetry={() => void refetch()} />
  if (!data) {
    return (
      <Loading className="grid gap-6">
        <Skeleton className="h-24" />
        <Skeleton className="h-24" />
      </Loading>
    )
  }
  if (files.length === 0) return null
  const tracks = files.filter((file) => file.duration_seconds !== null)
  return (
    <div className="grid gap-10">
      {tracks.length > 0 ? (
        <section aria-labelledby="tracks" className="grid gap-1">
          <h2 id="tracks" className="font-bold text-xl tracking-tight">
            <Plural value={tracks.length} one="Track" other="# tracks" />
          </h2>
          <ol className="divide-y divide-line">
            {tracks.map((file, at) => (
              <TrackRow key={file.id} file={file} number={at + 1} queue={queue} />
            ))}
          </ol>
        </section>
      ) : null}
      <WhatYouGet files={files} />
    </div>
  )
}
