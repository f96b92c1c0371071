/** The colours of the window's themes as sRGB, for pictures that leave it: other programs do not read OKLCH. */

export interface PictureColours {
  readonly background: string
  readonly card: string
  readonly line: string
  readonly wire: string
  readonly text: string
  readonly textSoft: string
  readonly textFaint: string
  readonly added: string
  readonly removed: string
  readonly changed: string
  /** By category of the layer or block. */
  readonly categories: Readonly<Record<string, string>>
  readonly otherCategory: string
}

export type PictureTheme = 'light' | 'dark'

export const pictureColours: Readonly<Record<PictureTheme, PictureColours>> = {
  light: {
    background: '#ffffff',
    card: '#f5f6f8',
    line: '#c8cbd0',
    wire: '#90949c',
    text: '#1b1e25',
    textSoft: '#4d515a',
    textFaint: '#666a74',
    added: '#0b703f',
    removed: '#ba242b',
    changed: '#895709',
    categories: {
      convolution: '#4170cb',
      pooling: '#008e8e',
      activation: '#c26e12',
      normalisation: '#249057',
      dense: '#8d4bb7',
      merge: '#c4406a',
    },
    otherCategory: '#71747b',
  },
  dark: {
    background: '#14161a',
    card: '#1d2025',
    line: '#353941',
    wire: '#666a74',
    text: '#ebedef',
    textSoft: '#afb3ba',
    textFaint: '#90949c',
    added: '#5ecd8b',
    removed: '#f7817f',
    changed: '#edb95d',
    categories: {
      convolution: '#719def',
      pooling: '#53c2c1',
      activation: '#eca760',
      normalisation: '#66c189',
      dense: '#be8ce1',
      merge: '#f07f9c',
    },
    otherCategory: '#8f9299',
  },
}
