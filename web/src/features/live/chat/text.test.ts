// Messages cut into words, links and mentions.
import { expect, test } from "vitest"
import { lengthOf, linesOf, mentionAt, mentions, piecesOf } from "./text"

const kinds = (content: string): string[] => piecesOf(content).map(({ kind, text }) => `${kind}:${text}`)

test("links end before the sentence does", () => {
  expect(kinds("see https://a.example/x?y=1. ok")).toEqual(["text:see ", "link:https://a.example/x?y=1", "text:. ok"])
  expect(kinds("(https://a.example/b)")).toEqual(["text:(", "link:https://a.example/b", "text:)"])
  expect(kinds("https://a.example/w_(x)")).toEqual(["link:https://a.example/w_(x)"])
})

test("only addresses of the web are links, and none that hides a name before its host", () => {
  for (const content of ["javascript:alert(1)", "data:text/html,x", "https://", "https://bank.example@evil.example/"]) {
    expect(piecesOf(content).every(({ kind }) => kind !== "link")).toBe(true)
  }
})

test("mentions stand on their own", () => {
  expect(kinds("@nova hi @studio_k, and me@example.com")).toEqual([
    "mention:@nova",
    "text: hi ",
    "mention:@studio_k",
    "text:, and me@example.com",
  ])
  expect(mentions("thanks @NOVA!", "nova")).toBe(true)
  expect(mentions("thanks @nova2!", "nova")).toBe(false)
  expect(mentions("thanks @nova", undefined)).toBe(false)
})

test("the pieces are the message, whatever it holds", () => {
  const parts = ["@", "nova", " ", "https://", "a.example", ")", "(", ".", "😀", "<b>", "@ab", "שלום", "/@x_y"]
  let state = 7
  for (let run = 0; run < 500; run++) {
    const content = Array.from({ length: 12 }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return parts[state % parts.length]
    }).join("")
    expect(
      piecesOf(content)
        .map(({ text }) => text)
        .join(""),
    ).toBe(content)
  }
})

test("length is counted in code points", () => {
  expect(lengthOf("  😀é ")).toBe(2)
})

test("the name that is being typed", () => {
  expect(mentionAt("hi @no", 6)).toEqual({ from: 4, begun: "no" })
  expect(mentionAt("@", 1)).toEqual({ from: 1, begun: "" })
  expect(mentionAt("mail@no", 7)).toBeNull()
  expect(mentionAt("hi @no there", 12)).toBeNull()
})

test("lines are what holds words, whichever way they were broken", () => {
  expect(linesOf("one\r\n\r\n  two \rthree\u2028four\n")).toEqual(["one", "two", "three", "four"])
  expect(linesOf("one\n")).toEqual(["one"])
})
