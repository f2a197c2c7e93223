package emulator

import (
	"net/http"
	"slices"
)

// routes is the whole API on one screen.
func (e *Emulator) routes() *http.ServeMux {
	mux := http.NewServeMux()
	for _, rt := range slices.Concat(e.talkRoutes(), e.menuRoutes()) {
		mux.HandleFunc(rt.pattern, e.serve(rt))
	}
	e.phoneRoutes(mux)
	return mux
}

func (e *Emulator) talkRoutes() []route {
	return []route{
		{pattern: "POST /v2/bot/message/reply", name: "reply", answer: e.reply},
		{pattern: "POST /v2/bot/message/push", name: "push", answer: e.push},
		{pattern: "POST /v2/bot/message/validate/reply", name: "validate", answer: e.validate},
		{pattern: "POST /v2/bot/message/validate/push", name: "validate", answer: e.validate},
		{pattern: "GET /v2/bot/message/quota", name: "quota", answer: e.quotaLimit},
		{pattern: "GET /v2/bot/message/quota/consumption", name: "consumption", answer: e.quotaUsed},
		{pattern: "POST /v2/bot/chat/loading/start", name: "loading", rate: loadings, answer: e.loading},
		{pattern: "POST /v2/bot/chat/markAsRead", name: "markAsRead", answer: e.markAsRead},
		{pattern: "GET /v2/bot/info", name: "info", answer: e.info},
		{pattern: "GET /v2/bot/profile/{user}", name: "profile", answer: e.profile},
		{pattern: "GET /v2/bot/channel/webhook/endpoint", name: "webhook", rate: urlChanges, answer: e.webhookAddress},
		{pattern: "PUT /v2/bot/channel/webhook/endpoint", name: "webhook", rate: urlChanges, answer: e.webhookChange},
		{pattern: "POST /v2/bot/channel/webhook/test", name: "webhookTest", rate: urlTests, answer: e.webhookTest},
		{pattern: "POST /oauth2/v3/token", name: "token", open: true, raw: true, answer: e.bearer},

		{pattern: "GET /v2/bot/message/{id}/content", name: "content", answer: e.contentBytes},
		{pattern: "GET /v2/bot/message/{id}/content/preview", name: "content", answer: e.contentPreview},
		{pattern: "GET /v2/bot/message/{id}/content/transcoding", name: "content", answer: e.contentState},

		{pattern: "/v2/", name: "unknown", raw: true, answer: e.nothingHere},
	}
}

func (e *Emulator) menuRoutes() []route {
	return []route{
		{pattern: "POST /v2/bot/richmenu", name: "menuCreate", rate: menuWrites, answer: e.menuCreate},
		{pattern: "POST /v2/bot/richmenu/validate", name: "menuValidate", answer: e.menuValidate},
		{pattern: "GET /v2/bot/richmenu/list", name: "menuList", rate: menuLists, answer: e.menuList},
		{pattern: "GET /v2/bot/richmenu/{id}", name: "menu", answer: e.menuGet},
		{pattern: "DELETE /v2/bot/richmenu/{id}", name: "menuDelete", rate: menuWrites, answer: e.menuDelete},
		// One pattern for two: "/richmenu/{id}/content" and "/richmenu/alias/{id}" overlap.
		{pattern: "GET /v2/bot/richmenu/{id}/{what}", name: "menu", answer: e.menuPart},
		{pattern: "POST /v2/bot/richmenu/{id}/{what}", name: "menuPart", raw: true, answer: e.menuPart},
		{pattern: "POST /v2/bot/richmenu/alias", name: "menuAlias", answer: e.aliasCreate},
		{pattern: "GET /v2/bot/richmenu/alias/list", name: "menuAlias", answer: e.aliasList},
		{pattern: "DELETE /v2/bot/richmenu/alias/{id}", name: "menuAlias", rate: menuWrites, answer: e.aliasDelete},
		{pattern: "POST /v2/bot/richmenu/bulk/link", name: "menuLink", answer: e.bulkLink},
		{pattern: "POST /v2/bot/richmenu/bulk/unlink", name: "menuLink", answer: e.bulkUnlink},
		{pattern: "POST /v2/bot/richmenu/batch", name: "menuBatch", rate: menuBatches, answer: e.menuBatch},
		{pattern: "GET /v2/bot/richmenu/progress/batch", name: "menuBatchProgress", rate: menuWrites, answer: e.menuBatchProgress},
		{pattern: "GET /v2/bot/user/all/richmenu", name: "menuDefault", answer: e.defaultGet},
		{pattern: "DELETE /v2/bot/user/all/richmenu", name: "menuDefault", answer: e.defaultClear},
		{pattern: "POST /v2/bot/user/all/richmenu/{id}", name: "menuDefault", answer: e.defaultSet},
		{pattern: "GET /v2/bot/user/{user}/richmenu", name: "menuLink", answer: e.linkGet},
		{pattern: "DELETE /v2/bot/user/{user}/richmenu", name: "menuLink", answer: e.linkClear},
		{pattern: "POST /v2/bot/user/{user}/richmenu/{id}", name: "menuLink", answer: e.linkSet},
	}
}

// nothingHere also stands for what a resident's front door must never use:
// multicast, narrowcast and broadcast do not exist here.
func (e *Emulator) nothingHere(*call) answer { return fail(http.StatusNotFound, wordsNotFound) }
