// What is heard, as bars over the cover of an audio-only stream. Listens only: it never stands between sound and speaker
// before the browser lets audio run. Stands still when hidden; one level bar when less motion is asked for.
import { type ReactNode, type RefObject, useEffect, useRef } from "react"
import { useReducedMotion, useVisible } from "../../../lib/useBrowser"

const BARS = 48
const FRAME_MS = 1000 / 30
const taps = new WeakMap<HTMLMediaElement, { context: AudioContext; analyser: AnalyserNode }>()

/** Routing a <video> through a suspended context would silence it, so the tap is made only once a context runs. */
async function tapOf(element: HTMLMediaElement): Promise<AnalyserNode | null> {
  const known = taps.get(element)
  if (known) return known.analyser
  const context = new AudioContext()
  if (context.state !== "running") {
    await Promise.race([context.resume(), new Promise((done) => setTimeout(done, 300))])
  }
  if (context.state !== "running") {
    await context.close()
    return null
  }
  const analyser = context.createAnalyser()
  analyser.fftSize = 256
  context.createMediaElementSource(element).connect(analyser).connect(context.destination)
  taps.set(element, { context, analyser })
  return analyser
}

function drawBars(canvas: HTMLCanvasElement, levels: Uint8Array): void {
  const brush = canvas.getContext("2d")
  if (!brush) return
  const { width, height } = canvas
  brush.clearRect(0, 0, width, height)
  brush.fillStyle = "rgb(255 255 255 / 0.85)"
  const step = width / BARS
  for (let bar = 0; bar < BARS; bar++) {
    const level = (levels[bar] ?? 0) / 255
    const tall = Math.max(4, level * height)
    brush.beginPath()
    brush.roundRect(bar * step + step * 0.2, (height - tall) / 2, step * 0.6, tall, step * 0.3)
    brush.fill()
  }
}

function drawLevel(canvas: HTMLCanvasElement, levels: Uint8Array): void {
  const brush = canvas.getContext("2d")
  if (!brush) return
  const mean = levels.reduce((sum, level) => sum + level, 0) / (levels.length * 255)
  brush.clearRect(0, 0, canvas.width, canvas.height)
  brush.fillStyle = "rgb(255 255 255 / 0.3)"
  brush.fillRect(0, canvas.height - 12, canvas.width, 12)
  brush.fillStyle = "rgb(255 255 255 / 0.9)"
  brush.fillRect(0, canvas.height - 12, canvas.width * mean, 12)
}

export function Visualiser({
  video,
  playing,
}: {
  video: RefObject<HTMLVideoElement | null>
  playing: boolean
}): ReactNode {
  const canvas = useRef<HTMLCanvasElement>(null)
  const calm = useReducedMotion()
  const visible = useVisible()
  useEffect(() => {
    const surface = canvas.current
    const element = video.current
    if (!(surface && element)) return
    const levels = new Uint8Array(128)
    const draw = calm ? drawLevel : drawBars
    draw(surface, levels)
    if (!(playing && visible)) return
    let frame = 0
    let last_ms = 0
    let stopped = false
    tapOf(element)
      .then((analyser) => {
        const step = (now_ms: number): void => {
          if (stopped || !analyser) return
          if (now_ms - last_ms >= FRAME_MS) {
            last_ms = now_ms
            analyser.getByteFrequencyData(levels)
            draw(surface, levels)
          }
          frame = requestAnimationFrame(step)
        }
        frame = requestAnimationFrame(step)
      })
      .catch(() => undefined)
    return () => {
      stopped = true
      cancelAnimationFrame(frame)
    }
  }, [video, playing, visible, calm])
  return (
    <div aria-hidden="true" className="w-full max-w-2xl">
      <canvas ref={canvas} width={960} height={240} className="w-full" />
    </div>
  )
}
