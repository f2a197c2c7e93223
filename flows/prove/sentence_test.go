package prove

import "testing"

func TestATextKeptReadyIsHeldAgainstTheRulesForResidents(t *testing.T) {
	for text, want := range map[string]Severity{
		"こんにちは。読みました。いっしょに考えられます。": "",
		"アセスメントをします。":              Error,
		"必ず解決します。":                 Error,
		"もっと早く相談してください。":           Error,
		"この家だけのことば":                Error,
		"がんばってください！":               Error,
		"お名前を教えてください。":             Warning,
		"これはとても長い文で、ひとつのことを言うのに、いくつものことばをつなげて、どこまでも終わらずに続いていくので、小さな画面では読みにくいものです。": Warning,
	} {
		worst := Severity("")
		for _, f := range Sentence(text, []string{"この家だけ"}) {
			if worst != Error {
				worst = f.Severity
			}
		}
		if worst != want {
			t.Errorf("%q: %q, want %q", text, worst, want)
		}
	}
}
