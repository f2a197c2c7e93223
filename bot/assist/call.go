package assist

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"time"

	openai "github.com/sashabaranov/go-openai"
)

// maxBody is how much of an answer is read at all.
const maxBody = 256 << 10

// usage is what a call has cost and how it ended.
type usage struct {
	status int
	tokens int
	retry  time.Duration // how long the server asks to be left alone
}

// client never follows anybody elsewhere with a text, and hands plain http to no proxy.
func (a *Assist) client() *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.Proxy = func(r *http.Request) (*url.URL, error) {
		if r.URL.Scheme != "https" {
			return nil, nil
		}
		return http.ProxyFromEnvironment(r)
	}
	t.MaxIdleConnsPerHost = manyResidents + manyStaff
	t.MaxResponseHeaderBytes = 64 << 10
	return &http.Client{
		Transport:     t,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// doer is one call's way to the network. It notes what go-openai's errors would
// only tell together with the body.
type doer struct {
	http *http.Client
	used *usage
}

func (d doer) Do(r *http.Request) (*http.Response, error) {
	r.Header.Set("User-Agent", "engawa")
	res, err := d.http.Do(r) //#nosec G704 -- the configured server; redirects are not followed
	if err != nil {
		return nil, err
	}
	d.used.status = res.StatusCode
	if s, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil && s > 0 {
		d.used.retry = min(time.Duration(s)*time.Second, longestRest)
	}
	if res.StatusCode >= 300 && res.StatusCode < 400 { // we follow nobody
		_ = res.Body.Close()
		return nil, errRedirect
	}
	res.Body = limited{io.LimitReader(res.Body, maxBody), res.Body}
	return res, nil
}

var errRedirect = errors.New("redirected")

type limited struct {
	io.Reader
	io.Closer
}

// call is the one try. What comes back as an error has no body, key or address in it.
func (a *Assist) call(ctx context.Context, r request) (string, usage, error) {
	var used usage
	cfg := openai.DefaultConfig(a.opt.APIKey())
	if az := a.opt.Azure; az != nil {
		cfg = openai.DefaultAzureConfig(a.opt.APIKey(), a.base)
		cfg.APIVersion = az.Version
		cfg.AzureModelMapperFunc = func(model string) string { return url.PathEscape(model) }
		if az.Token {
			cfg.APIType = openai.APITypeAzureAD
		}
	}
	cfg.BaseURL = a.base
	cfg.HTTPClient = doer{a.http, &used}
	res, err := openai.NewClientWithConfig(cfg).CreateChatCompletion(ctx, a.body(r))
	if err != nil {
		return "", used, blame(ctx, err, used.status)
	}
	used.tokens = max(res.Usage.TotalTokens, 0)
	if len(res.Choices) != 1 {
		return "", used, ErrAnswer
	}
	c := res.Choices[0]
	if c.FinishReason != openai.FinishReasonStop && c.FinishReason != "" || c.Message.Refusal != "" ||
		len(c.Message.ToolCalls) > 0 || c.Message.FunctionCall != nil || c.Message.Content == "" {
		return "", used, ErrAnswer
	}
	return c.Message.Content, used, nil
}

// blame says in our own words what went wrong; go-openai's errors carry bodies.
func blame(ctx context.Context, err error, status int) error {
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return ErrTime
	case ctx.Err() != nil:
		return context.Canceled
	case status >= 400:
		return fmt.Errorf("%w: status %d", ErrServer, status)
	}
	_ = err
	return ErrServer
}

// body is the request in go-openai's words.
func (a *Assist) body(r request) openai.ChatCompletionRequest {
	req := openai.ChatCompletionRequest{
		Model: a.opt.Model,
		Messages: []openai.ChatCompletionMessage{
			{Role: openai.ChatMessageRoleSystem, Content: r.system},
			{Role: openai.ChatMessageRoleUser, Content: string(r.data)},
		},
		Temperature: math.SmallestNonzeroFloat32, // zero would be left out, and the server's own taken
		ResponseFormat: &openai.ChatCompletionResponseFormat{
			Type: openai.ChatCompletionResponseFormatTypeJSONSchema,
			JSONSchema: &openai.ChatCompletionResponseFormatJSONSchema{
				Name: "answer", Schema: json.RawMessage(r.schema), Strict: true,
			},
		},
	}
	//lint:ignore SA1019 llama.cpp, vLLM and Ollama have known this name longer than the new one
	req.MaxTokens = r.tokens
	if a.opt.Loose {
		req.ResponseFormat = &openai.ChatCompletionResponseFormat{Type: openai.ChatCompletionResponseFormatTypeJSONObject}
	}
	if a.opt.Azure != nil || openai.NewReasoningValidator().Validate(req) != nil {
		//lint:ignore SA1019 taken back: newer models know only the new name, and no temperature
		req.MaxTokens = 0
		req.MaxCompletionTokens, req.Temperature = r.tokens, 0
	}
	return req
}
