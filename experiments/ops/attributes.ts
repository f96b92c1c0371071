/** Kinds of attribute an op may have. The table of an op's attributes yields their TypeScript type and their validation. */
import type { DataType } from './tensor-type.ts'

export type AttributeValue = number | boolean | string | readonly number[]
export type Attributes = Readonly<Record<string, AttributeValue>>

export interface AttributeKind<T extends AttributeValue> {
  /** Completes "must be ...". */
  readonly expected: string
  is(value: AttributeValue | undefined): value is T
}

export type AttributeTable = Readonly<Record<string, AttributeKind<AttributeValue>>>
export type AttributesOf<Table> = {
  readonly [Name in keyof Table]: Table[Name] extends AttributeKind<infer T> ? T : never
}

/** Height and width. */
export type Pair = readonly [number, number]
/** Top, right, bottom, left. */
export type Edges = readonly [number, number, number, number]

export const booleanAttribute: AttributeKind<boolean> = {
  expected: 'true or false',
  is: (value): value is boolean => typeof value === 'boolean',
}

export const numberAttribute: AttributeKind<number> = {
  expected: 'a number',
  is: (value): value is number => typeof value === 'number' && !Number.isNaN(value),
}

export const countAttribute: AttributeKind<number> = {
  expected: 'an integer of 1 or more',
  is: (value): value is number => isCount(value),
}

export const integerAttribute: AttributeKind<number> = {
  expected: 'an integer',
  is: (value): value is number => Number.isSafeInteger(value),
}

export const integersAttribute: AttributeKind<readonly number[]> = {
  expected: 'a list of integers',
  is: (value): value is readonly number[] => Array.isArray(value) && value.every((item) => Number.isSafeInteger(item)),
}

export const numbersAttribute: AttributeKind<readonly number[]> = {
  expected: 'a list of numbers',
  is: (value): value is readonly number[] => Array.isArray(value) && value.every((item) => typeof item === 'number'),
}

export const pairAttribute: AttributeKind<Pair> = {
  expected: '[height, width] of integers from 1',
  is: (value): value is Pair => Array.isArray(value) && value.length === 2 && value.every(isCount),
}

export const edgesAttribute: AttributeKind<Edges> = {
  expected: '[top, right, bottom, left] of integers from 0',
  is: (value): value is Edges =>
    Array.isArray(value) && value.length === 4 && value.every((item) => Number.isSafeInteger(item) && item >= 0),
}

export const dataTypeAttribute: AttributeKind<DataType> = {
  expected: 'float32, int32 or bool',
  is: (value): value is DataType => value === 'float32' || value === 'int32' || value === 'bool',
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 1
}
