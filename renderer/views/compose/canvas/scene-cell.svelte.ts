/** What a node or a wire shows, as state of its own: its component follows it, whoever holds the cell need not. */
export class SceneCell<T> {
  item: T = $state.raw() as T;
  [key: string]: unknown

  constructor(item: T) {
    this.item = item
  }
}
