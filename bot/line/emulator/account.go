package emulator

import (
	"crypto/subtle"
	"encoding/json"
	"net"
	"net/http"
	neturl "net/url"
	"time"
)

// bearerLife is how long a stateless token is good.
const bearerLife = 15 * time.Minute

// bearer issues a stateless channel access token.
func (e *Emulator) bearer(c *call) answer {
	form, err := neturl.ParseQuery(string(c.body))
	if err != nil || form.Get("grant_type") != "client_credentials" {
		return answer{status: http.StatusBadRequest, body: map[string]string{"error": "unsupported_grant_type"}}
	}
	known := e.opt.ChannelID != "" && form.Get("client_id") == e.opt.ChannelID &&
		subtle.ConstantTimeCompare([]byte(form.Get("client_secret")), []byte(e.opt.ChannelSecret)) == 1
	if !known {
		return answer{status: http.StatusBadRequest, body: map[string]string{
			"error": "invalid_client", "error_description": "Invalid client_id or client_secret",
		}}
	}
	made := random64(48)
	e.mu.Lock()
	defer e.mu.Unlock()
	for old, end := range e.bearers {
		if c.now.After(end) {
			delete(e.bearers, old)
		}
	}
	e.bearers[made] = c.now.Add(bearerLife)
	return ok(map[string]any{"token_type": "Bearer", "access_token": made, "expires_in": int(bearerLife.Seconds())})
}

func (e *Emulator) info(*call) answer {
	chat, mark := "bot", "auto"
	if e.opt.Chat {
		chat, mark = "chat", "manual"
	}
	return ok(map[string]string{
		"userId": e.opt.BotUserID, "basicId": "@engawa", "displayName": e.opt.BotName, "chatMode": chat, "markAsReadMode": mark,
	})
}

// profile answers as LINE does, but a front door that promises not to know who
// you are must never ask: Calls("profile") stays 0.
func (e *Emulator) profile(c *call) answer {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.complaints = append(e.complaints, "profile: somebody was looked up")
	t := e.talks[c.r.PathValue("user")]
	if t == nil || t.group || t.blocked {
		return fail(http.StatusNotFound, wordsNotFound)
	}
	return ok(map[string]string{"userId": t.id, "displayName": "にわか雨", "language": "ja"})
}

func (e *Emulator) quotaLimit(*call) answer {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.quota == 0 {
		return ok(map[string]any{"type": "none"})
	}
	return ok(map[string]any{"type": "limited", "value": e.quota})
}

func (e *Emulator) quotaUsed(*call) answer {
	e.mu.Lock()
	defer e.mu.Unlock()
	return ok(map[string]any{"totalUsage": e.used[e.month()]})
}

func (e *Emulator) webhookAddress(*call) answer {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.webhook == "" {
		return fail(http.StatusNotFound, wordsNotFound)
	}
	return ok(map[string]any{"endpoint": e.webhook, "active": true})
}

func (e *Emulator) webhookChange(c *call) answer {
	v, problems, err := check("SetWebhookEndpointRequest", c.body)
	if a, bad := unreadable(problems, err); bad {
		return a
	}
	if !reachableURL(text(v, "endpoint")) {
		return refuse([]Problem{{Message: "Invalid webhook endpoint URL", Property: "endpoint"}})
	}
	e.SetWebhook(text(v, "endpoint"))
	return ok(empty{})
}

// reachableURL: LINE takes https only. Plain http is let through on loopback,
// because the emulator lives beside what it calls.
func reachableURL(s string) bool {
	if isURL(s, "https") {
		return true
	}
	u, err := neturl.Parse(s)
	if err != nil || u.Scheme != "http" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// webhookTest brings an empty webhook and tells what came back.
func (e *Emulator) webhookTest(c *call) answer {
	address := ""
	if len(c.body) > 0 {
		v, problems, err := check("TestWebhookEndpointRequest", c.body)
		if a, bad := unreadable(problems, err); bad {
			return a
		}
		address = text(v, "endpoint")
	}
	if address == "" {
		e.mu.Lock()
		address = e.webhook
		e.mu.Unlock()
	}
	if !reachableURL(address) {
		return fail(http.StatusBadRequest, "Invalid webhook endpoint URL")
	}
	body, _ := json.Marshal(map[string]any{"destination": e.opt.BotUserID, "events": []any{}})
	status, err := e.post(address, body, Sign(e.opt.ChannelSecret, body))
	reason := "OK"
	switch {
	case isTimeout(err):
		reason = "REQUEST_TIMEOUT"
	case err != nil:
		reason = "COULD_NOT_CONNECT"
	case status/100 != 2:
		reason = "ERROR_STATUS_CODE"
	}
	return ok(map[string]any{
		"success": reason == "OK", "timestamp": c.now.UTC().Format("2006-01-02T15:04:05.000Z"), "statusCode": status,
		"reason": reason, "detail": http.StatusText(status),
	})
}
