// An engine without a network: the <video> plays a drawn canvas, or does whatever a story asks for.
import type { Engine, EngineLoader, Trouble } from "../features/live/player/engine"

interface Behaviour {
  latencyS?: number
  /** Reports this instead of playing. */
  trouble?: Trouble
  /** Never delivers anything. */
  silent?: boolean
  audioOnly?: boolean
}

const WIDTH = 960
const HEIGHT = 540

function drawStage(brush: CanvasRenderingContext2D, step: number): void {
  const sky = brush.createLinearGradient(0, 0, WIDTH, HEIGHT)
  sky.addColorStop(0, "#2b1d4f")
  sky.addColorStop(0.6, "#7a2f5d")
  sky.addColorStop(1, "#e0764a")
  brush.fillStyle = sky
  brush.fillRect(0, 0, WIDTH, HEIGHT)
  brush.fillStyle = "rgb(12 8 20 / 0.85)"
  brush.beginPath()
  brush.arc(WIDTH / 2, HEIGHT * 0.62, 92, 0, Math.PI * 2)
  brush.rect(WIDTH / 2 - 150, HEIGHT * 0.74, 300, HEIGHT)
  brush.fill()
  brush.fillStyle = "rgb(255 255 255 / 0.16)"
  for (let bar = 0; bar < 40; bar++) {
    const tall = 20 + Math.abs(Math.sin(bar * 0.7 + step / 4)) * 120
    brush.fillRect(bar * 24 + 4, HEIGHT - tall, 14, tall)
  }
}

export function paint(video: HTMLVideoElement): () => void {
  const canvas = document.createElement("canvas")
  canvas.width = WIDTH
  canvas.height = HEIGHT
  const brush = canvas.getContext("2d")
  let step = 0
  const draw = (): void => {
    if (brush) drawStage(brush, step++)
  }
  draw()
  const timer = setInterval(draw, 100)
  video.srcObject = canvas.captureStream(10)
  return () => {
    clearInterval(timer)
    video.srcObject = null
  }
}

export function fakeEngine({
  latencyS = 1.2,
  trouble,
  silent = false,
  audioOnly = false,
}: Behaviour = {}): EngineLoader {
  return async (video, _url, events): Promise<Engine> => {
    events.onReady({ audioOnly })
    if (trouble) queueMicrotask(() => events.onTrouble(trouble))
    const stop = trouble || silent ? () => undefined : paint(video)
    return { latencyS: () => latencyS, targetS: () => 1, liveEdgeS: () => null, destroy: stop }
  }
}
