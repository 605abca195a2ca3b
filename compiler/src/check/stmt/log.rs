//! `log`

use cairn_dsl::tree::{self, LogLevel as Written, Span, TextPart};

use crate::check::body::Body;
use crate::check::fit::widen;
use crate::ir::{self, Expr, ExprKind, LogLevel, StmtKind};
use crate::types::Type;

impl Body<'_> {
    pub(super) fn log(
        &mut self,
        level: Written,
        message: &[TextPart],
        fields: Option<&tree::Expr>,
        span: Span,
        out: &mut Vec<ir::Stmt>,
    ) -> bool {
        self.begin("log");
        let message = self.text(message);
        let message = if self.leaks(&message.ty, span, "written to the log") {
            crate::check::expr::broken()
        } else {
            message
        };
        let message = widen(message, &Type::Text);
        let fields = match fields {
            Some(e) => {
                let fields = self.expr(e, None);
                self.leaks(&fields.ty, e.span, "written to the log");
                fields
            }
            None => Expr { kind: ExprKind::Record(Vec::new()), ty: Type::Record(Vec::new()) },
        };
        let level = match level {
            Written::Debug => LogLevel::Debug,
            Written::Info => LogLevel::Info,
            Written::Warn => LogLevel::Warn,
            Written::Error => LogLevel::Error,
        };
        self.emit(out, StmtKind::Log { level, message, fields }, span);
        true
    }
}
