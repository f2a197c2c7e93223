package house

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
)

func TestThePageOfContactsIsServedWhileTheStoreIsDown(t *testing.T) {
	h := standingHouse(t)
	for _, c := range []redis.UniversalClient{h.rdb, h.sure} { // nothing can be asked any more
		_ = c.Close()
	}
	if err := h.rdb.Ping(t.Context()).Err(); err == nil {
		t.Fatal("the store still answers")
	}
	for range 2 {
		w := httptest.NewRecorder()
		h.public().ServeHTTP(w, httptest.NewRequest(http.MethodGet, contactsPath, nil))
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `href="tel:119"`) {
			t.Errorf("%d, %d bytes; want the page with its numbers", w.Code, w.Body.Len())
		}
	}
}

func TestContactsWritesOneFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "page.html")
	if err := (contactsCmd{HTML: name}).Run(); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(name)
	if err != nil || !strings.Contains(string(page), `href="tel:189"`) {
		t.Errorf("%d bytes, %v", len(page), err)
	}
}
