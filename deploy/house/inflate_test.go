package house

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"testing"

	"engawa/bot/line"
)

// TestNobodyInflatesWhatIsSentToUs sends the door a small body that would become a
// large one: signed well, said to be packed, and made of a good event and a flood of
// spaces. It must stay the few bytes that it is.
func TestNobodyInflatesWhatIsSentToUs(t *testing.T) {
	h := standingHouse(t)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	for _, part := range [][]byte{[]byte(`{"destination":"U0","events":[]`), bytes.Repeat([]byte(" "), 64<<20), []byte("}")} {
		if _, err := z.Write(part); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if packed.Len() > 1<<20 {
		t.Fatalf("the bomb has %d bytes itself", packed.Len())
	}
	req := httptest.NewRequest(http.MethodPost, "/line/webhook", bytes.NewReader(packed.Bytes()))
	req.Header.Set("Content-Encoding", "gzip")
	req.Header.Set("X-Line-Signature", line.Sign(townSecret, packed.Bytes()))
	got := httptest.NewRecorder()
	h.public().ServeHTTP(got, req)
	if got.Code != http.StatusOK {
		t.Errorf("got %d, want it taken as what it is, a body that nobody can read", got.Code)
	}
	_, waiting, err := h.ledger.Counts(t.Context())
	if err != nil || waiting != 1 {
		t.Errorf("%d wait, %v, want the one broken body: inflated, it would have been a good one without events", waiting, err)
	}
}
