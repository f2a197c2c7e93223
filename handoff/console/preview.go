package console

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
)

// The words are tried out under one address; its pages name each other by relative ones.
const (
	previewAt   = "/preview"
	previewPath = previewAt + "/*"
)

// PreviewLang is the header that tells the preview in which language its reader has the console.
const PreviewLang = "Engawa-Lang"

// previewRoutes are the room where the words are tried out. Whoever may read the
// words may do so: nothing of it reaches a resident, and nothing is kept.
var previewRoutes = []route{
	{http.MethodGet, previewPath, counts, (*console).preview},
	{http.MethodPost, previewPath, counts, (*console).preview},
}

// preview hands the request on. The phone stands inside the page, so this house may
// frame what other houses may not.
func (c *console) preview(v *visit) error {
	if c.Preview == nil {
		return errMissing
	}
	v.Response().Header().Set("X-Frame-Options", "SAMEORIGIN")
	v.Request().Header.Set(PreviewLang, v.Taste.Lang) // whatever a browser has sent under that name
	http.StripPrefix(previewAt, c.Preview).ServeHTTP(v.Response(), v.Request())
	return nil
}

// streams says whether an answer goes on for as long as its page is open.
func streams(ec echo.Context) bool {
	path := ec.Request().URL.Path
	return ec.Path() == "/live" || ec.Path() == previewPath && ec.Request().Method == http.MethodGet &&
		(strings.HasSuffix(path, "/live") || strings.HasSuffix(path, "/phone/events"))
}

// script says whether a request was made by a script of the page, which cannot use a
// sign-in page as an answer.
func (v *visit) script(r route) bool {
	return r.path == "/live" || r.path == "/pieces" || r.path == previewPath && strings.HasPrefix(v.Request().URL.Path, previewAt+"/t/")
}
