package line

import "testing"

func TestALinkOpensTheTalkWithATextReady(t *testing.T) {
	want := "https://line.me/R/oaMessage/%40engawa/?%E4%BC%9A%E3%81%AB%E5%85%A5%E3%82%8B%20ABCD2345"
	if got := MessageLink("@engawa", "会に入る ABCD2345"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := MessageLink("", "会に入る"); got != "" {
		t.Errorf("got %s for an account that is not known, want none", got)
	}
}
