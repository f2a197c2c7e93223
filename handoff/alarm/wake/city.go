package wake

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"time"
)

// Command calls through a program of the city's own, which knows its pagers or its
// SMS service. It gets no arguments and no shell, only ENGAWA_ALARM_ID, _FOR
// (first, second, duty), _STEP, _WAITING (seconds), _LINK, _TEST (1 for a trial)
// and _ABOUT ("silence" when nothing comes from LINE); it has twenty seconds and answers 0.
type Command string

// Name is how this way is called in the notes of an alarm.
func (Command) Name() string { return "command" }

// Call runs the program. What it prints is not kept.
func (c Command) Call(ctx context.Context, r Ring) ([]string, error) {
	cmd := exec.CommandContext(ctx, string(c)) //#nosec G204 -- the city's own program, named by its operator; no argument comes from anybody
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "ENGAWA_ALARM_ID=" + r.ID, "ENGAWA_ALARM_FOR=" + string(r.For()),
		"ENGAWA_ALARM_STEP=" + strconv.Itoa(r.Step), "ENGAWA_ALARM_WAITING=" + strconv.Itoa(int(r.Waiting.Seconds())),
		"ENGAWA_ALARM_LINK=" + r.Link, "ENGAWA_ALARM_TEST=" + map[bool]string{true: "1"}[r.Test],
		"ENGAWA_ALARM_ABOUT=" + r.About,
	}
	cmd.WaitDelay = time.Second
	if err := cmd.Run(); err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return nil, fmt.Errorf("wake: the command ended with %d", exit.ExitCode())
		}
		return nil, errors.New("wake: the command could not be run")
	}
	return []string{string(r.For())}, nil
}

// Hook calls an https address of the city's own.
type Hook struct {
	URL    string
	Secret func() string // signs the body, so that nobody else can ring
	Client *http.Client  // nil = one of our own
}

// Signature is the header with "sha256=" and the HMAC-SHA256 of the body in hex.
const Signature = "X-Engawa-Signature"

// Name is how this way is called in the notes of an alarm.
func (Hook) Name() string { return "hook" }

// quiet follows no redirect: a call goes where the operator said and nowhere else.
var quiet = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// Call posts JSON: id, for, step, waiting_seconds, link, test, about ("" = a cry for
// help, "silence" = nothing comes from LINE). Any 2xx is a yes.
func (h Hook) Call(ctx context.Context, r Ring) ([]string, error) {
	body, err := json.Marshal(map[string]any{
		"id": r.ID, "for": r.For(), "step": r.Step, "waiting_seconds": int(r.Waiting.Seconds()), "link": r.Link, "test": r.Test, "about": r.About,
	})
	if err != nil {
		return nil, fmt.Errorf("wake: hook: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL, bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("wake: the hook's address cannot be used")
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", r.ID+"-"+strconv.Itoa(r.Step))
	if secret := h.Secret(); secret != "" {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write(body)
		req.Header.Set(Signature, "sha256="+hex.EncodeToString(mac.Sum(nil)))
	}
	client := h.Client
	if client == nil {
		client = quiet
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, errors.New("wake: the hook did not answer") // the error would name the address
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode/100 != 2 {
		return nil, fmt.Errorf("wake: the hook answered %d", res.StatusCode)
	}
	return []string{string(r.For())}, nil
}
