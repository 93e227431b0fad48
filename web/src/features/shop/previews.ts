// Products and files as the player takes them. Pure: what has no preview is left out.
import type { Preview } from "../../lib/player"
import type { ProductFile, PublicProduct } from "../../lib/types"

/** The address tells two previews apart, and the one of a card is the one of the file it was cut from. */
export function previewOf(product: PublicProduct): Preview | null {
  const { preview_url: src } = product
  if (!src) return null
  return {
    key: src,
    productId: product.id,
    title: product.title,
    artist: product.seller.username,
    coverUrl: product.cover_small_url,
    src,
    seconds: null,
  }
}

export const previewsOf = (products: readonly PublicProduct[]): Preview[] =>
  products.map(previewOf).filter((preview) => preview !== null)

export function previewsOfFiles(product: PublicProduct, files: readonly ProductFile[]): Preview[] {
  return files.flatMap((file): Preview[] =>
    file.preview_url
      ? [
          {
            key: file.preview_url,
            productId: product.id,
            title: file.title,
            artist: product.seller.username,
            coverUrl: product.cover_small_url,
            src: file.preview_url,
            seconds: file.preview_seconds,
          },
        ]
      : [],
  )
}

/** Plays, or pauses what already plays. */
export const indexOf = (queue: readonly Preview[], key: string): number =>
  queue.findIndex((preview) => preview.key === key)
