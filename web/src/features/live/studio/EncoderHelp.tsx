// How to connect OBS, in four steps with our values, and the same for ffmpeg in one line. Shows no key unless it is shown.
import { Trans, useLingui } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { CopyButton } from "../../../ui/CopyButton"
import { Icon } from "../../../ui/icons"

const SUMMARY = "flex min-h-11 cursor-pointer list-none items-center justify-between gap-2 font-semibold"

function Fold({ title, open = false, children }: { title: string; open?: boolean; children: ReactNode }): ReactNode {
  return (
    <details open={open} className="group border-line border-t pt-1">
      <summary className={SUMMARY}>
        {title}
        <span className="text-muted transition-transform duration-150 group-open:rotate-180">
          <Icon name="chevron" />
        </span>
      </summary>
      <div className="grid gap-3 pb-3 text-muted">{children}</div>
    </details>
  )
}

/** A command for a shell. `KEY` stands for the key unless it is shown. */
export function ffmpegLine(server: string, key: string | null): string {
  const target = `${server.replace(/\/$/, "")}/${key ?? "KEY"}`
  return `ffmpeg -re -i input.mp4 -c:v libx264 -preset veryfast -tune zerolatency -g 60 -b:v 3000k -pix_fmt yuv420p -c:a aac -b:a 160k -f flv "${target}"`
}

export function EncoderHelp({
  open,
  server,
  shownKey,
}: {
  open: boolean
  server: string
  shownKey: string | null
}): ReactNode {
  const { t } = useLingui()
  const line = ffmpegLine(server, shownKey)
  return (
    <div>
      <Fold title={t`OBS in four steps`} open={open}>
        <ol className="grid list-decimal gap-2 ps-5 marker:font-semibold marker:text-text">
          <li>
            <Trans>Settings → Stream → Service: “Custom…”. Paste the server and the stream key from above.</Trans>
          </li>
          <li>
            <Trans>
              Settings → Output: encoder x264 or your card’s H.264, keyframe interval 2 s, audio AAC 160 kbps.
            </Trans>
          </li>
          <li>
            <Trans>
              Bitrate: 2,500 kbps for 720p, 4,500 kbps for 1080p. For the shortest delay set the tune to “zerolatency”.
            </Trans>
          </li>
          <li>
            <Trans>Press “Start streaming”. This page shows your picture within a few seconds.</Trans>
          </li>
        </ol>
      </Fold>
      <Fold title={t`ffmpeg in one line`}>
        <div className="flex items-start gap-1 rounded-lg bg-sunken">
          <code className="min-w-0 flex-1 break-all p-3 font-mono text-text text-xs leading-relaxed">{line}</code>
          <CopyButton what={t`Copy ffmpeg command`} value={line} />
        </div>
        {shownKey ? null : (
          <p className="text-sm">
            <Trans>Put your stream key in place of KEY.</Trans>
          </p>
        )}
      </Fold>
      <Fold title={t`It does not connect`}>
        <ul className="grid list-disc gap-2 ps-5">
          <li>
            <Trans>“Invalid key”: copy the key again. After a new key the old one no longer works.</Trans>
          </li>
          <li>
            <Trans>“Already publishing”: another encoder uses this key. Stop it, or make a new key.</Trans>
          </li>
          <li>
            <Trans>“Codec not supported”: choose H.264 for video and AAC for sound.</Trans>
          </li>
        </ul>
      </Fold>
    </div>
  )
}
