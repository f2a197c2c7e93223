// Package script turns the folder that a welfare worker edits into the bundle
// that the dialogue speaks from.
//
// The files are YAML with about eighteen Japanese key words and nothing clever:
// no expressions, no references between files but names. Whoever writes them
// uses a Japanese keyboard and a plain editor, so the reader trusts nothing:
// [Load] looks at every line before YAML does (a full-width colon is no fault to
// YAML, it just loses the scene), repairs what it understood for its own further
// reading, and tells every fault at once, in Japanese, with the line as it is
// and the line as it should be. Every value stays the text that was typed.
//
//	scan.go layout.go flow.go   lines as people type them: what is wrong, and the repaired line
//	tree.go                     the repaired text as a tree of keys, lists and texts
//	house.go flows.go cards.go  one file each per kind of file
//	lines.go words.go
//	translate.go                the other languages, tied to the Japanese by a short hash
//	check.go                    what only the whole can tell: targets, limits, reachability
//	schema.go schemaforms.go    the same words as JSON Schemas, for editors
//	talk.go run.go              tests in Japanese: read, and played through the real Step
package script
