// What is typed as a link, and what of a profile is sent.
import { expect, test } from "vitest"
import { isAddress, placeOf, toAddress, toInput } from "./profileDraft"

test("an address without a scheme is meant as one of the web", () => {
  expect(toAddress(" nova.example/music ")).toBe("https://nova.example/music")
  expect(toAddress("http://nova.example")).toBe("http://nova.example")
  expect(toAddress("")).toBe("")
})

test("only the web's own kind is an address", () => {
  for (const good of ["nova.example", "https://nova.example/a?b=c", "HTTP://nova.example"])
    expect(isAddress(good)).toBe(true)
  const bad = [
    "",
    "nova",
    "javascript:alert(1)",
    "ftp://a.example",
    "https://me@a.example",
    "a b.example",
    "x".repeat(300),
  ]
  for (const text of bad) expect(isAddress(text)).toBe(false)
})

test("lines left empty are not sent", () => {
  const links = [{ url: "a.example" }, { url: "  " }]
  expect(toInput({ display_name: " Nova ", bio: "Hi\n", links })).toEqual({
    display_name: "Nova",
    bio: "Hi",
    links: ["https://a.example"],
  })
})

test("a refusal finds its field", () => {
  expect(placeOf("links.3")).toBe("links.3.url")
  expect(placeOf("links")).toBe("links")
  expect(placeOf("bio")).toBe("bio")
  expect(placeOf("other")).toBeNull()
})
