package line

import (
	"net/url"
	"strings"
)

// MessageLink is a link, and what a code on paper says, that opens the talk with a
// text ready to be sent. Nothing is sent before the person does it. basic is the
// account's name, "@…"; without one there is no link.
func MessageLink(basic, text string) string {
	if !strings.HasPrefix(basic, "@") {
		return ""
	}
	return "https://line.me/R/oaMessage/" + url.QueryEscape(basic) + "/?" + strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
}
