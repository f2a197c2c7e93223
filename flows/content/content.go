// Package content holds the words themselves: flows, cards, fixed sentences,
// word lists, translations and their tests, for the made-up ward ひなた区. It is
// an example to copy: a city replaces the folder (ENGAWA_CONTENT) and leaves the
// program alone. README.md, in Japanese, is for the people who write here.
package content

import "embed"

// FS is the folder as shipped inside the program.
//
//go:embed README.md house.yaml menu.yaml flows cards words lines i18n tests
var FS embed.FS
