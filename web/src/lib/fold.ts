// Words without case, accents and outer spaces: what counts as the same name.
export const fold = (text: string): string => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim()
