package config

import (
	"slices"
	"strings"
)

// languages of the house; a test holds them equal to flows.Langs.
var languages = []string{"ja", "ja-easy", "en", "zh", "ko", "vi", "ne", "tl", "pt"}

// Drafts says which unconfirmed sentences may be served. The zero value serves none.
type Drafts struct {
	All   bool
	Langs []string
}

// Accepts says whether drafts of a language may be served.
func (d Drafts) Accepts(lang string) bool { return d.All || slices.Contains(d.Langs, lang) }

// Any says whether drafts of some language may be served.
func (d Drafts) Any() bool { return d.All || len(d.Langs) > 0 }

func (d Drafts) String() string {
	switch {
	case d.All:
		return "yes"
	case len(d.Langs) > 0:
		return strings.Join(d.Langs, ",")
	}
	return "no"
}

func readDrafts(c *Config, value string) (ja, en string) {
	switch strings.ToLower(value) {
	case "no", "false", "0":
		return "", ""
	case "yes", "true", "1":
		c.AcceptDrafts = Drafts{All: true}
		return "", ""
	}
	for _, lang := range strings.Split(value, ",") {
		lang = strings.ToLower(strings.TrimSpace(lang))
		if !slices.Contains(languages, lang) {
			return "no、yes、または言語の一覧（" + strings.Join(languages, ",") + " から）にしてください",
				"no, yes, or a list of these languages: " + strings.Join(languages, ",")
		}
		c.AcceptDrafts.Langs = append(c.AcceptDrafts.Langs, lang)
	}
	return "", ""
}
