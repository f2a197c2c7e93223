package emulator

import "net/http"

func (e *Emulator) phoneRoutes(*http.ServeMux) {}
