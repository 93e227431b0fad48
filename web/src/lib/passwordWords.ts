// How strong a password looks, in words. Only a hint: the server decides what it accepts.
export const PASSWORD_LEAST = 12

export type Strength = "empty" | "short" | "fair" | "strong"

export function strengthOf(password: string): Strength {
  if (password === "") return "empty"
  if (password.length < PASSWORD_LEAST) return "short"
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z\d]/].filter((kind) => kind.test(password)).length
  return password.length >= 16 || kinds >= 3 ? "strong" : "fair"
}
