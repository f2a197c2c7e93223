package emulator

import (
	"bytes"
	"encoding/json"
	"image"
	_ "image/jpeg" // the two formats that LINE takes
	_ "image/png"
	"net/http"
	"strings"
)

// LINE's limits of rich menus.
const (
	mostMenus     = 1000
	mostAliases   = 1000
	menuImageSize = 1 << 20
)

type richMenu struct {
	id    string
	spec  json.RawMessage // the request as it came
	w, h  int64
	image []byte
	kind  string
}

func (e *Emulator) menuCreate(c *call) answer {
	v, problems, err := check("RichMenuRequest", c.body)
	if a, bad := unreadable(problems, err); bad {
		return a
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.menus) >= mostMenus {
		return fail(http.StatusBadRequest, "The maximum number of rich menus was reached")
	}
	size := child(v, "size")
	m := &richMenu{id: "richmenu-" + hexDigits(32), spec: c.body, w: whole64(size, "width"), h: whole64(size, "height")}
	e.menus[m.id] = m
	return ok(map[string]string{"richMenuId": m.id})
}

func (e *Emulator) menuValidate(c *call) answer {
	_, problems, err := check("RichMenuRequest", c.body)
	if a, bad := unreadable(problems, err); bad {
		return a
	}
	return ok(empty{})
}

// view is the menu as LINE gives it back.
func (m *richMenu) view() map[string]any {
	v, _ := decode(m.spec)
	v["richMenuId"] = m.id
	return v
}

func (e *Emulator) menuList(*call) answer {
	e.mu.Lock()
	defer e.mu.Unlock()
	list := []any{}
	for _, id := range sorted(e.menus) {
		list = append(list, e.menus[id].view())
	}
	return ok(map[string]any{"richmenus": list})
}

// withMenu runs f on the menu that the path names; mu is held meanwhile.
func (e *Emulator) withMenu(id string, f func(*richMenu) answer) answer {
	e.mu.Lock()
	defer e.mu.Unlock()
	m := e.menus[id]
	if m == nil {
		return fail(http.StatusNotFound, wordsNotFound)
	}
	return f(m)
}

func (e *Emulator) menuGet(c *call) answer {
	return e.withMenu(c.r.PathValue("id"), func(m *richMenu) answer { return ok(m.view()) })
}

func (e *Emulator) menuDelete(c *call) answer {
	return e.withMenu(c.r.PathValue("id"), func(m *richMenu) answer {
		delete(e.menus, m.id)
		if e.menu == m.id {
			e.menu = ""
		}
		for _, t := range e.talks {
			if t.menu == m.id {
				t.menu = ""
			}
		}
		e.wake()
		return ok(empty{})
	})
}

// menuPart is /richmenu/{id}/content and /richmenu/alias/{id}, by method.
func (e *Emulator) menuPart(c *call) answer {
	id, what := c.r.PathValue("id"), c.r.PathValue("what")
	switch {
	case id == "alias" && c.r.Method == http.MethodGet:
		return e.aliasGet(what)
	case id == "alias":
		return e.aliasUpdate(what, c)
	case what == "content" && c.r.Method == http.MethodGet:
		return e.withMenu(id, func(m *richMenu) answer {
			if m.image == nil {
				return fail(http.StatusNotFound, wordsNotFound)
			}
			return answer{status: http.StatusOK, header: map[string]string{"Content-Type": m.kind}, body: m.image}
		})
	case what == "content":
		return e.withMenu(id, func(m *richMenu) answer { return e.upload(m, c) })
	}
	return fail(http.StatusNotFound, wordsNotFound)
}

// upload takes a menu's image, once.
func (e *Emulator) upload(m *richMenu, c *call) answer {
	kind := c.r.Header.Get("Content-Type")
	if kind != "image/png" && kind != "image/jpeg" {
		return fail(http.StatusUnsupportedMediaType, "The content type is not supported")
	}
	if m.image != nil {
		return fail(http.StatusBadRequest, "An image has already been uploaded to the richmenu")
	}
	if len(c.body) > menuImageSize {
		return fail(http.StatusRequestEntityTooLarge, "The image is too large")
	}
	size, format, err := image.DecodeConfig(bytes.NewReader(c.body))
	if err != nil || "image/"+format != kind {
		return fail(http.StatusBadRequest, "The image is not a PNG or JPEG")
	}
	if int64(size.Width) != m.w || int64(size.Height) != m.h {
		return fail(http.StatusBadRequest, "The image has not the size of the rich menu")
	}
	m.image, m.kind = c.body, kind
	return ok(empty{})
}

func (e *Emulator) defaultGet(*call) answer {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.menu == "" {
		return fail(http.StatusNotFound, "no default richmenu")
	}
	return ok(map[string]string{"richMenuId": e.menu})
}

func (e *Emulator) defaultClear(*call) answer {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.menu = ""
	e.wake()
	return ok(empty{})
}

func (e *Emulator) defaultSet(c *call) answer {
	return e.withMenu(c.r.PathValue("id"), func(m *richMenu) answer {
		if m.image == nil {
			return fail(http.StatusBadRequest, "must upload richmenu image before applying it to user")
		}
		e.menu = m.id
		e.wake()
		return ok(empty{})
	})
}

func (e *Emulator) linkGet(c *call) answer {
	e.mu.Lock()
	defer e.mu.Unlock()
	t := e.talks[c.r.PathValue("user")]
	if t == nil || t.menu == "" {
		return fail(http.StatusNotFound, "the user has no richmenu")
	}
	return ok(map[string]string{"richMenuId": t.menu})
}

func (e *Emulator) linkClear(c *call) answer {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.link([]string{c.r.PathValue("user")}, "")
	return ok(empty{})
}

func (e *Emulator) linkSet(c *call) answer {
	return e.withMenu(c.r.PathValue("id"), func(m *richMenu) answer {
		if m.image == nil {
			return fail(http.StatusBadRequest, "must upload richmenu image before applying it to user")
		}
		e.link([]string{c.r.PathValue("user")}, m.id)
		return ok(empty{})
	})
}

// link gives people a menu of their own; mu is held. Those who are no friends
// see no change, though LINE says yes.
func (e *Emulator) link(users []string, menu string) {
	for _, id := range users {
		if t := e.talks[id]; t != nil && t.friend {
			t.menu = menu
		}
	}
	e.wake()
}

func (e *Emulator) bulkLink(c *call) answer { return e.bulk("RichMenuBulkLinkRequest", c) }

func (e *Emulator) bulkUnlink(c *call) answer { return e.bulk("RichMenuBulkUnlinkRequest", c) }

func (e *Emulator) bulk(shapeName string, c *call) answer {
	v, problems, err := check(shapeName, c.body)
	if a, bad := unreadable(problems, err); bad {
		return a
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	menu := text(v, "richMenuId")
	if menu != "" && e.menus[menu] == nil {
		return fail(http.StatusNotFound, wordsNotFound)
	}
	var users []string
	list, _ := v["userIds"].([]any)
	for _, u := range list {
		id, _ := u.(string)
		users = append(users, id)
	}
	e.link(users, menu)
	return answer{status: http.StatusAccepted, body: empty{}}
}

func (e *Emulator) aliasCreate(c *call) answer {
	v, problems, err := check("CreateRichMenuAliasRequest", c.body)
	if a, bad := unreadable(problems, err); bad {
		return a
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	id, menu := text(v, "richMenuAliasId"), text(v, "richMenuId")
	switch {
	case e.menus[menu] == nil:
		return fail(http.StatusBadRequest, "richmenu not found")
	case e.aliases[id] != "":
		return fail(http.StatusBadRequest, "conflict richmenu alias id")
	case len(e.aliases) >= mostAliases:
		return fail(http.StatusBadRequest, "The maximum number of rich menu aliases was reached")
	}
	e.aliases[id] = menu
	return ok(empty{})
}

func (e *Emulator) aliasUpdate(id string, c *call) answer {
	if !strings.HasPrefix(c.r.Header.Get("Content-Type"), "application/json") {
		return fail(http.StatusUnsupportedMediaType, "The content type is not supported")
	}
	v, problems, err := check("UpdateRichMenuAliasRequest", c.body)
	if a, bad := unreadable(problems, err); bad {
		return a
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.aliases[id] == "" || e.menus[text(v, "richMenuId")] == nil {
		return fail(http.StatusBadRequest, "richmenu or alias not found")
	}
	e.aliases[id] = text(v, "richMenuId")
	return ok(empty{})
}

func (e *Emulator) aliasGet(id string) answer {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.aliases[id] == "" {
		return fail(http.StatusNotFound, wordsNotFound)
	}
	return ok(map[string]string{"richMenuAliasId": id, "richMenuId": e.aliases[id]})
}

func (e *Emulator) aliasList(*call) answer {
	e.mu.Lock()
	defer e.mu.Unlock()
	list := []any{}
	for _, id := range sorted(e.aliases) {
		list = append(list, map[string]string{"richMenuAliasId": id, "richMenuId": e.aliases[id]})
	}
	return ok(map[string]any{"aliases": list})
}

func (e *Emulator) aliasDelete(c *call) answer {
	e.mu.Lock()
	defer e.mu.Unlock()
	id := c.r.PathValue("id")
	if e.aliases[id] == "" {
		return fail(http.StatusNotFound, wordsNotFound)
	}
	delete(e.aliases, id)
	return ok(empty{})
}
