// Five seconds to take a deletion back. Only the test moves the clock.
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { aMessage } from "../../../testing/chat"
import { Deletions } from "./deletions"

const one = aMessage(1)
const two = aMessage(2)

function some() {
  const sent: string[] = []
  let settle: () => void = () => undefined
  const deletions = new Deletions(({ id }) => {
    sent.push(id)
    return new Promise((resolve) => {
      settle = resolve
    })
  })
  const state = (): string[] => deletions.get().map(({ message, status }) => `${message.seq} ${status}`)
  return { deletions, sent, state, settle: () => settle() }
}

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test("the server hears of it after five seconds, once, and then it cannot be taken back", async () => {
  const { deletions, sent, state, settle } = some()
  deletions.begin(one)
  deletions.begin(one)
  await pass(4999)
  expect([sent, state()]).toEqual([[], ["1 waiting"]])
  await pass(1)
  expect([sent, state()]).toEqual([[one.id], ["1 sending"]])
  deletions.undo(one.id)
  deletions.sendAll()
  expect([sent, state()]).toEqual([[one.id], ["1 sending"]])
  settle()
  await pass(0)
  expect(state()).toEqual([])
})

test("taken back, the server never hears of it; the other one keeps its own time", async () => {
  const { deletions, sent, state } = some()
  deletions.begin(one)
  await pass(3000)
  deletions.begin(two)
  deletions.undo(one.id)
  expect(state()).toEqual(["2 waiting"])
  await pass(4999)
  expect(sent).toEqual([])
  await pass(1)
  expect(sent).toEqual([two.id])
})

test("who stands on the way back has time; leaving it, the time begins again", async () => {
  const { deletions, sent } = some()
  deletions.begin(one)
  deletions.hold(one.id)
  await pass(60_000)
  expect(sent).toEqual([])
  deletions.release(one.id)
  await pass(5000)
  expect(sent).toEqual([one.id])
})

test("when the page goes, everything goes at once, held or not", () => {
  const { deletions, sent } = some()
  deletions.begin(one)
  deletions.begin(two)
  deletions.hold(two.id)
  deletions.sendAll()
  expect(sent).toEqual([one.id, two.id])
})
