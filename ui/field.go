package ui

// Field is one labelled input of a form. Templates build it step by step:
//
//	{{template "field" (input "email" (t "E-mail") .Form.Email | kind "email" | complain (.Bad "email"))}}
type Field struct {
	Name, Label, Value string
	Kind               string // type attribute; text if ""
	Hint, Wrong        string
	Auto               string // autocomplete attribute; off if ""
	Mode               string // inputmode attribute
	Focus, Needed      bool
	Long               bool // several lines
	Mono               bool // a key or code, drawn so that 0 and O differ
}

// fieldFunctions are the steps, for the FuncMap: each takes the field last, so
// that they can be piped.
func fieldFunctions() map[string]any {
	return map[string]any{
		"input":    func(name, label, value string) Field { return Field{Name: name, Label: label, Value: value} },
		"kind":     func(kind string, f Field) Field { f.Kind = kind; return f },
		"hint":     func(hint string, f Field) Field { f.Hint = hint; return f },
		"complain": func(wrong string, f Field) Field { f.Wrong = wrong; return f },
		"auto":     func(auto string, f Field) Field { f.Auto = auto; return f },
		"mode":     func(mode string, f Field) Field { f.Mode = mode; return f },
		"focus":    func(f Field) Field { f.Focus = true; return f },
		"needed":   func(f Field) Field { f.Needed = true; return f },
		"long":     func(f Field) Field { f.Long = true; return f },
		"mono":     func(f Field) Field { f.Mono = true; return f },
	}
}
