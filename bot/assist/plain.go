package assist

import (
	"context"
	"encoding/json"

	"engawa/bot/assist/redact"
)

// Plain asks for a text in やさしい日本語. It gives the rewriting and true only if
// [Verify] lets it pass; else the source, which a person has written, and false.
// The error says why there is none, and is never a reason to show nothing.
func (a *Assist) Plain(ctx context.Context, source string, rule Rule) (text string, rewritten bool, err error) {
	if !a.On() {
		return source, false, ErrOff
	}
	c := redact.Lines([]string{source})
	if c.Unsure[0] || len([]rune(source)) > mostText {
		return source, false, ErrUnsure
	}
	data, err := json.Marshal(map[string]string{"text": c.Lines[0]})
	if err != nil {
		return source, false, ErrUnsure
	}
	easy := ""
	err = a.ask(ctx, request{
		op: "plain", side: staff, about: aboutOf(ctx), system: plainRules, data: data, schema: textSchema, tokens: 600,
		take: func(answer string) error {
			o, err := parse(answer)
			if err != nil || !o.only("text") {
				return errShape
			}
			t, ok := c.Restore(o.text("text"))
			if !ok || !clean(t, 4*longestPlain) {
				return errShape
			}
			easy = t
			return nil
		},
	})
	if err != nil {
		return source, false, err
	}
	if err := Verify(source, easy, rule); err != nil {
		return source, false, err // no fault of the server: the rules are narrow on purpose
	}
	return easy, true, nil
}
