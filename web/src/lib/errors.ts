// The one error type every request of the app may end in. Knows nothing of pages or of how it is shown.

export interface FieldError {
  field: string
  message: string
}

interface Facts {
  status: number
  code: string
  requestId?: string | undefined
  fields?: FieldError[] | undefined
  retryAfterS?: number | undefined
}

/** A refusal by the server (`status` ≥ 400) or a network that did not answer (`status` 0, code `offline`). */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly requestId: string | undefined
  readonly fields: FieldError[]
  readonly retryAfterS: number | undefined

  constructor(message: string, facts: Facts) {
    super(message)
    this.name = "ApiError"
    this.status = facts.status
    this.code = facts.code
    this.requestId = facts.requestId
    this.fields = facts.fields ?? []
    this.retryAfterS = facts.retryAfterS
  }
}

interface FailureBody {
  error?: unknown
  code?: unknown
  request_id?: unknown
  fields?: unknown
}

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined)

function fieldErrors(value: unknown): FieldError[] {
  if (!Array.isArray(value)) return []
  return value.filter(
    (entry): entry is FieldError =>
      typeof entry === "object" && entry !== null && "field" in entry && "message" in entry,
  )
}

/** Reads the failure envelope leniently: a proxy in front of us may answer with anything. */
export function errorFrom(body: unknown, response: Response): ApiError {
  const failure: FailureBody = typeof body === "object" && body !== null ? body : {}
  const retryAfter = Number(response.headers.get("retry-after"))
  return new ApiError(text(failure.error) ?? `The server answered ${response.status}.`, {
    status: response.status,
    code: text(failure.code) ?? `http_${response.status}`,
    requestId: text(failure.request_id) ?? response.headers.get("x-request-id") ?? undefined,
    fields: fieldErrors(failure.fields),
    retryAfterS: retryAfter > 0 ? retryAfter : undefined,
  })
}

export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  return new ApiError("The server could not be reached.", { status: 0, code: "offline" })
}
