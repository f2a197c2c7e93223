package config

import "log/slog"

// Secret is a value that must not be seen: it prints as ***, also deep inside
// another struct and in a log, because it is held behind a func.
type Secret struct {
	reveal func() string
}

// NewSecret hides a value.
func NewSecret(value string) Secret {
	if value == "" {
		return Secret{}
	}
	return Secret{reveal: func() string { return value }}
}

// Reveal gives the value to the one place that needs it.
func (s Secret) Reveal() string {
	if s.reveal == nil {
		return ""
	}
	return s.reveal()
}

// Set says whether there is a value.
func (s Secret) Set() bool { return s.reveal != nil }

// String hides the value.
func (s Secret) String() string {
	if !s.Set() {
		return ""
	}
	return "***"
}

// GoString hides the value from %#v.
func (s Secret) GoString() string { return s.String() }

// LogValue hides the value from slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText hides the value from JSON and its like.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
