; After the captures of nvim-treesitter and helix; the last match wins in the one, the first in the other, so none overlap.

(comment) @comment
(doc) @comment.documentation

(plain_string) @string
(string) @string
(escape) @string.escape
(multi_escape) @string.escape
(interpolation "${" @punctuation.special "}" @punctuation.special)
(tagged) @string.special

(integer) @number
(float) @number.float
(duration) @number
(boolean) @boolean
(null) @constant.builtin

(workflow name: (identifier) @function)
(flow name: (identifier) @function)
(function name: (identifier) @function)
(operation name: (name) @function.method)
(method name: (name) @function.method.call)
(function_call name: (identifier) @function.call)
(callee (path) @function.call)

(type_declaration name: (identifier) @type.definition)
(error name: (identifier) @type.definition)
(event name: (identifier) @type.definition)
(tool name: (identifier) @module)
(toolset name: (identifier) @module)
(const name: (identifier) @constant)
(secret name: (identifier) @constant)
(named_type) @type
(event_pattern event: (path) @type)

(parameter name: (name) @variable.parameter)
(argument name: (name) @variable.parameter)
(field_type name: (name) @property)
(entry name: (name) @property)
(field name: (name) @property)
(branch name: (name) @label)
(loop name: (identifier) @label)

["use" "const" "type" "error" "event" "secret" "tool" "toolset" "fn" "flow" "workflow" "test"] @keyword
["let" "var" "set"] @keyword
["call" "do" "run" "spawn" "sleep" "wait" "ask" "emit" "expose" "log" "lock" "undo"] @keyword
["if" "else" "match"] @keyword.conditional
["for" "loop" "while" "break" "restart"] @keyword.repeat
["parallel" "race" "settle"] @keyword.coroutine
["try" "catch" "finally" "fail"] @keyword.exception
["return" "yield"] @keyword.return
(continue_statement) @keyword.repeat
["as" "in"] @keyword.operator
[
  "timeout" "retry" "cache" "unclear" "within" "remind" "where" "after" "until" "max" "first" "key" "on" "limits" "defaults"
  "version" "fails" "from" "readonly" "idempotent" "schedule" "zone" "missed" "once" "skip" "http" "start" "to" "all" "any" "none"
  "mock" "at" "answer" "crash" "cancel" "hang" "expect" "queue" "replace" "reject" "join"
] @keyword.modifier

["{" "}" "[" "]" "(" ")"] @punctuation.bracket
["," "." "?." ":"] @punctuation.delimiter
["=" "=>" "->" "..." "!" "?" "|" "??" "||" "&&" "==" "!=" "<=" ">=" "<" ">" "+" "-" "*" "/" "%"] @operator
