
// lunr 2.3.9 gives two nodes of its word tree one name where an edge is a digit: an edge 1 to node 23 and an edge 1 to
// node 2, followed by an edge 3, both read "123". It then merges them, finds words that no page has, and each search that
// meets one of these fails. Here a name says where each of its numbers ends.
lunr.TokenSet.prototype.toString = function () {
  const edges = Object.keys(this.edges).sort()
  return Number(this.final) + edges.map((letter) => `${letter}${this.edges[letter].id};`).join("")
}
