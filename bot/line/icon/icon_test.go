package icon

import (
	"bytes"
	"image"
	_ "image/png"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/labstack/echo/v4"
)

func TestBothPicturesAreWhatLINETakes(t *testing.T) {
	e := echo.New()
	Register(e)
	var seen [][]byte
	for _, name := range []string{Machine, Human} {
		w := httptest.NewRecorder()
		e.ServeHTTP(w, httptest.NewRequest(http.MethodGet, Path+"/"+name, nil))
		img, kind, err := image.Decode(bytes.NewReader(w.Body.Bytes()))
		if err != nil || w.Code != http.StatusOK || kind != "png" {
			t.Fatalf("%s: got status %d, %s (%v)", name, w.Code, kind, err)
		}
		if b := img.Bounds(); b.Dx() != b.Dy() || w.Body.Len() > 1<<20 {
			t.Errorf("%s: got %v and %d bytes, want a square of at most 1 MB", name, b, w.Body.Len())
		}
		seen = append(seen, w.Body.Bytes())
	}
	if bytes.Equal(seen[0], seen[1]) {
		t.Error("machine and human look the same")
	}
}

func TestNothingElseLiesBesideThem(t *testing.T) {
	e := echo.New()
	Register(e)
	for _, path := range []string{Path, Path + "/", Path + "/../machine.png", Path + "/other.png"} {
		w := httptest.NewRecorder()
		e.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != http.StatusNotFound {
			t.Errorf("%s: got %d, want 404", path, w.Code)
		}
	}
}
