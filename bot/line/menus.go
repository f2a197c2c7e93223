package line

import (
	"bytes"
	"context"
	"errors"
	"net/http"

	"github.com/line/line-bot-sdk-go/v8/linebot/messaging_api"
)

// Menu is a rich menu as LINE lists it.
type Menu struct{ ID, Name string }

// errEmpty: LINE said yes and nothing that could be read.
var errEmpty = errors.New("no readable answer")

// absent says whether LINE does not have what was asked for.
func absent(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Status == http.StatusNotFound && e.Kind == KindBad
}

// Menus lists the account's rich menus, whoever made them through the API.
func (c *Client) Menus(ctx context.Context) ([]Menu, error) {
	const op = "menu_list"
	var list *messaging_api.RichMenuListResponse
	err := c.call(ctx, op, func(api *messaging_api.MessagingApiAPI) (res *http.Response, err error) {
		res, list, err = api.GetRichMenuListWithHttpInfo()
		return res, err
	})
	if err == nil && list == nil { // to take it for "none" would make everything a second time
		err = &Error{Op: op, Kind: KindUnknown, cause: errEmpty}
	}
	if err != nil {
		return nil, err
	}
	out := make([]Menu, len(list.Richmenus))
	for i, m := range list.Richmenus {
		out[i] = Menu{m.RichMenuId, m.Name}
	}
	return out, nil
}

// MakeMenu makes a rich menu. It cannot be shown before its picture is there.
func (c *Client) MakeMenu(ctx context.Context, spec *messaging_api.RichMenuRequest) (id string, err error) {
	const op = "menu_create"
	err = c.call(ctx, op, func(api *messaging_api.MessagingApiAPI) (*http.Response, error) {
		res, m, err := api.CreateRichMenuWithHttpInfo(spec)
		if m != nil {
			id = m.RichMenuId
		}
		return res, err
	})
	if err == nil && id == "" {
		err = &Error{Op: op, Kind: KindUnknown, cause: errEmpty}
	}
	return id, err
}

// PaintMenu gives a menu its picture, a PNG. LINE takes one and never another.
func (c *Client) PaintMenu(ctx context.Context, id string, png []byte) error {
	return c.picture(ctx, "menu_paint", func(api *messaging_api.MessagingApiBlobAPI) (*http.Response, error) {
		res, _, err := api.SetRichMenuImageWithHttpInfo(id, "image/png", bytes.NewReader(png))
		return res, err
	})
}

// MenuPainted says whether a menu has its picture.
func (c *Client) MenuPainted(ctx context.Context, id string) (bool, error) {
	err := c.picture(ctx, "menu_picture", func(api *messaging_api.MessagingApiBlobAPI) (*http.Response, error) {
		res, _, err := api.GetRichMenuImageWithHttpInfo(id)
		if res != nil && err == nil {
			err = res.Body.Close() // that it is there is all we want to know
		}
		return res, err
	})
	if absent(err) {
		return false, nil
	}
	return err == nil, err
}

// DropMenu removes a menu; one that is gone is a success.
func (c *Client) DropMenu(ctx context.Context, id string) error {
	err := c.call(ctx, "menu_delete", func(api *messaging_api.MessagingApiAPI) (*http.Response, error) {
		res, _, err := api.DeleteRichMenuWithHttpInfo(id)
		return res, err
	})
	if absent(err) {
		return nil
	}
	return err
}

// MenuAliases gives the names under which menus lead to each other, and to which menu.
func (c *Client) MenuAliases(ctx context.Context) (map[string]string, error) {
	const op = "menu_aliases"
	var list *messaging_api.RichMenuAliasListResponse
	err := c.call(ctx, op, func(api *messaging_api.MessagingApiAPI) (res *http.Response, err error) {
		res, list, err = api.GetRichMenuAliasListWithHttpInfo()
		return res, err
	})
	if err == nil && list == nil {
		err = &Error{Op: op, Kind: KindUnknown, cause: errEmpty}
	}
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, a := range list.Aliases {
		out[a.RichMenuAliasId] = a.RichMenuId
	}
	return out, nil
}

// SetMenuAlias lets an alias lead to a menu; known says that the alias exists.
func (c *Client) SetMenuAlias(ctx context.Context, alias, menu string, known bool) error {
	return c.call(ctx, "menu_alias", func(api *messaging_api.MessagingApiAPI) (*http.Response, error) {
		if known {
			res, _, err := api.UpdateRichMenuAliasWithHttpInfo(alias, &messaging_api.UpdateRichMenuAliasRequest{RichMenuId: menu})
			return res, err
		}
		res, _, err := api.CreateRichMenuAliasWithHttpInfo(&messaging_api.CreateRichMenuAliasRequest{RichMenuAliasId: alias, RichMenuId: menu})
		return res, err
	})
}

// DropMenuAlias removes an alias; one that is gone is a success.
func (c *Client) DropMenuAlias(ctx context.Context, alias string) error {
	err := c.call(ctx, "menu_alias_delete", func(api *messaging_api.MessagingApiAPI) (*http.Response, error) {
		res, _, err := api.DeleteRichMenuAliasWithHttpInfo(alias)
		return res, err
	})
	if absent(err) {
		return nil
	}
	return err
}

// DefaultMenu is the menu of all who have none of their own, "" if there is none.
func (c *Client) DefaultMenu(ctx context.Context) (id string, err error) {
	err = c.call(ctx, "menu_default", func(api *messaging_api.MessagingApiAPI) (*http.Response, error) {
		res, m, err := api.GetDefaultRichMenuIdWithHttpInfo()
		if m != nil {
			id = m.RichMenuId
		}
		return res, err
	})
	if absent(err) {
		return "", nil
	}
	return id, err
}

// SetDefaultMenu gives a menu to all who have none of their own.
func (c *Client) SetDefaultMenu(ctx context.Context, id string) error {
	return c.call(ctx, "menu_default_set", func(api *messaging_api.MessagingApiAPI) (*http.Response, error) {
		res, _, err := api.SetDefaultRichMenuWithHttpInfo(id)
		return res, err
	})
}

// ReplaceMenus gives everybody who has chosen one of the old menus the new one in
// its place, without naming anybody. LINE does it by and by: see [Client.Replaced].
func (c *Client) ReplaceMenus(ctx context.Context, pairs map[string]string) (request string, err error) {
	var ops []messaging_api.RichMenuBatchOperationInterface
	for old, now := range pairs {
		ops = append(ops, &messaging_api.RichMenuBatchLinkOperation{
			RichMenuBatchOperation: messaging_api.RichMenuBatchOperation{Type: "link"}, From: old, To: now})
	}
	err = c.call(ctx, "menu_batch", func(api *messaging_api.MessagingApiAPI) (*http.Response, error) {
		res, _, err := api.RichMenuBatchWithHttpInfo(&messaging_api.RichMenuBatchRequest{Operations: ops})
		if res != nil {
			request = res.Header.Get("X-Line-Request-Id")
		}
		return res, err
	})
	return request, err
}

// Replaced says whether LINE has done a request of ReplaceMenus.
func (c *Client) Replaced(ctx context.Context, request string) (bool, error) {
	done := false
	err := c.call(ctx, "menu_batch_progress", func(api *messaging_api.MessagingApiAPI) (*http.Response, error) {
		res, p, err := api.GetRichMenuBatchProgressWithHttpInfo(request)
		if p != nil {
			done = p.Phase == messaging_api.RichMenuBatchProgressPhase_SUCCEEDED
		}
		return res, err
	})
	return done, err
}
