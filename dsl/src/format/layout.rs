//! From the document to text: each group on one line where it fits.

use super::INDENT;
use super::doc::{Doc, Kind, Line, Text};
use super::trivia::Trivia;

/// Lays `doc` out on lines of `width` columns where it can be.
pub(super) fn layout(doc: &Doc<'_>, width: usize) -> Page {
    let stack = vec![Task { indent: 0, mode: Mode::Broken, doc }];
    let mut layout = Layout { stack, page: Page::new(), width };
    while let Some(task) = layout.stack.pop() {
        layout.step(task);
    }
    layout.page.end_line(0);
    layout.page
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Flat,
    Broken,
}

#[derive(Clone, Copy)]
struct Task<'d, 't> {
    indent: usize,
    mode: Mode,
    doc: &'d Doc<'t>,
}

struct Layout<'d, 't> {
    /// What is still to be laid out, the next on top.
    stack: Vec<Task<'d, 't>>,
    page: Page,
    width: usize,
}

impl<'d, 't> Layout<'d, 't> {
    fn step(&mut self, task: Task<'d, 't>) {
        let Task { indent, mode, doc } = task;
        match &doc.kind {
            Kind::Nothing => {}
            Kind::Token { text, trivia, bare } => {
                if !*bare {
                    self.page.remarks(trivia, indent);
                }
                self.page.token(text, trivia, indent);
            }
            Kind::Remarks(trivia) => self.page.remarks(trivia, indent),
            Kind::Comma(trivia) => self.page.comma(*trivia, indent),
            Kind::Space => self.page.space = true,
            Kind::Line(line) => self.line(*line, mode, indent),
            Kind::Concat(parts) => self.stack.extend(parts.iter().rev().map(|doc| Task { doc, ..task })),
            Kind::Group(inner) => {
                let flat = mode == Mode::Flat || (!doc.meta.forced && self.fits(inner));
                let mode = if flat { Mode::Flat } else { Mode::Broken };
                self.stack.push(Task { indent, mode, doc: inner });
            }
            Kind::Choice(ways) => self.choose(ways, indent),
            Kind::Indent(inner) => self.stack.push(Task { indent: indent + INDENT, mode, doc: inner }),
            Kind::WhenBroken(inner) if mode == Mode::Broken => self.stack.push(Task { doc: inner, ..task }),
            Kind::WhenBroken(_) => {}
        }
    }

    fn choose(&mut self, ways: &'d [Doc<'t>], indent: usize) {
        let fitting = ways.iter().find(|way| self.fits(way)).map(|doc| (Mode::Flat, doc));
        if let Some((mode, doc)) = fitting.or_else(|| ways.last().map(|doc| (Mode::Broken, doc))) {
            self.stack.push(Task { indent, mode, doc });
        }
    }

    fn line(&mut self, line: Line, mode: Mode, indent: usize) {
        match (line, mode) {
            (Line::Hard, _) | (Line::Item, Mode::Broken) => {
                self.page.end_line(indent);
                self.page.keeps_blank = true;
            }
            (Line::Gap, _) => {
                self.page.end_line(indent);
                (self.page.keeps_blank, self.page.wants_blank) = (true, true);
            }
            (Line::Soft | Line::Plain, Mode::Broken) => self.page.end_line(indent),
            (Line::Plain | Line::Item, Mode::Flat) => self.page.space = true,
            (Line::Soft, Mode::Flat) => {}
        }
    }

    /// Whether `doc` on one line, and what follows it up to the next place where a line may end, fits.
    fn fits(&self, doc: &'d Doc<'t>) -> bool {
        let mut room = self.width.saturating_sub(self.page.column + usize::from(self.page.space));
        let mut inner = vec![(Mode::Flat, doc)];
        let mut rest = self.stack.iter().rev();
        loop {
            let Some((mode, doc)) = inner.pop().or_else(|| rest.next().map(|task| (task.mode, task.doc)))
            else {
                return true;
            };
            match measure(mode, doc, &mut inner) {
                Measure::Ends(width) => return width <= room,
                Measure::Goes(width) if width > room => return false,
                Measure::Goes(width) => room -= width,
            }
        }
    }
}

enum Measure {
    /// So many columns, and it goes on.
    Goes(usize),
    /// So many columns, and the line ends.
    Ends(usize),
}

fn measure<'d, 't>(mode: Mode, doc: &'d Doc<'t>, inner: &mut Vec<(Mode, &'d Doc<'t>)>) -> Measure {
    match &doc.kind {
        Kind::Nothing | Kind::Remarks(_) => Measure::Goes(0),
        Kind::Token { text: Text::Plain(text), .. } => match text.split_once('\n') {
            Some((line, _)) => Measure::Ends(width(line)),
            None => Measure::Goes(width(text)),
        },
        Kind::Token { text: Text::Multi { opening, .. }, .. } => Measure::Ends(width(opening)),
        Kind::Comma(_) | Kind::Space => Measure::Goes(1),
        Kind::Line(Line::Soft) if mode == Mode::Flat => Measure::Goes(0),
        Kind::Line(Line::Plain | Line::Item) if mode == Mode::Flat => Measure::Goes(1),
        Kind::Line(_) => Measure::Ends(0),
        _ => {
            unfold(mode, doc, inner);
            Measure::Goes(0)
        }
    }
}

/// Puts what `doc` is made of on `inner`.
fn unfold<'d, 't>(mode: Mode, doc: &'d Doc<'t>, inner: &mut Vec<(Mode, &'d Doc<'t>)>) {
    match &doc.kind {
        Kind::Concat(parts) => inner.extend(parts.iter().rev().map(|part| (mode, part))),
        Kind::Group(of) => inner.push((if doc.meta.forced { Mode::Broken } else { mode }, of)),
        Kind::Indent(of) => inner.push((mode, of)),
        Kind::WhenBroken(of) if mode == Mode::Broken => inner.push((mode, of)),
        Kind::Choice(ways) => inner.extend(ways.last().map(|way| (mode, way))),
        _ => {}
    }
}

/// Columns: characters, for the editors that count them so.
pub(super) fn width(text: &str) -> usize {
    text.chars().count()
}

/// The text that grows.
pub(super) struct Page {
    pub(super) text: String,
    /// The bytes where comments behind code begin.
    pub(super) tails: Vec<usize>,
    column: usize,
    indent: usize,
    /// Nothing stands on the line.
    fresh: bool,
    /// A blank is due in front of what comes next on the line.
    space: bool,
    /// The comment that ends the line.
    waiting: Option<String>,
    /// An empty line of the source is kept here.
    keeps_blank: bool,
    /// An empty line has to be here.
    wants_blank: bool,
    /// A bracket was opened just before, or the file: no empty line follows.
    opened: bool,
}

impl Page {
    fn new() -> Self {
        Self {
            text: String::new(),
            tails: Vec::new(),
            column: 0,
            indent: 0,
            fresh: true,
            space: false,
            waiting: None,
            keeps_blank: false,
            wants_blank: false,
            opened: true,
        }
    }

    fn end_line(&mut self, indent: usize) {
        self.flush();
        if !self.fresh {
            self.text.push('\n');
        }
        (self.column, self.indent, self.fresh, self.space) = (0, indent, true, false);
        self.keeps_blank = false;
    }

    /// The comment that waits ends the line; code that follows needs a new one.
    fn flush(&mut self) {
        if let Some(comment) = self.waiting.take() {
            self.text.push(' ');
            self.tails.push(self.text.len());
            self.text.push_str(&comment);
        }
    }

    fn blank(&mut self, source: bool) {
        if self.fresh && !self.opened && (self.wants_blank || (source && self.keeps_blank)) {
            self.text.push('\n');
        }
        self.wants_blank = false;
    }

    fn write(&mut self, text: &str) {
        if self.waiting.is_some() {
            self.end_line(self.indent + INDENT);
        }
        if self.fresh {
            self.text.extend(std::iter::repeat_n(' ', self.indent));
            self.column = self.indent;
        } else if self.space {
            self.text.push(' ');
            self.column += 1;
        }
        (self.fresh, self.space, self.opened) = (false, false, false);
        self.text.push_str(text);
        self.column = match text.rsplit_once('\n') {
            Some((_, last)) => width(last),
            None => self.column + width(text),
        };
    }

    fn comma(&mut self, trivia: Option<&Trivia<'_>>, indent: usize) {
        let waiting = self.waiting.take();
        self.space = false;
        self.write(",");
        self.waiting = waiting;
        let Some(trivia) = trivia else { return };
        self.remarks(trivia, indent);
        if let Some(comment) = trivia.after {
            if self.waiting.is_some() || self.fresh {
                self.end_line(indent);
                self.write(comment);
                self.end_line(indent);
            } else {
                self.waiting = Some(comment.to_owned());
            }
        }
    }

    /// Comments with lines of their own.
    fn remarks(&mut self, trivia: &Trivia<'_>, indent: usize) {
        for remark in &trivia.before {
            let keeps = self.fresh && self.keeps_blank;
            if !self.fresh {
                self.end_line(indent);
            }
            self.keeps_blank = keeps;
            self.blank(remark.blank);
            self.write(remark.text);
            self.end_line(indent);
            self.keeps_blank = keeps;
        }
    }

    fn token(&mut self, text: &Text<'_>, trivia: &Trivia<'_>, indent: usize) {
        let closes = matches!(text, Text::Plain(letters) if matches!(letters.as_ref(), "}" | ")" | "]"));
        self.blank(trivia.blank && !closes);
        match text {
            Text::Plain(letters) => self.write(letters),
            Text::Multi { opening, lines, apart } => self.multi(opening, lines, *apart, indent),
        }
        self.opened = matches!(text, Text::Plain(letters) if matches!(letters.as_ref(), "{" | "(" | "["));
        self.keeps_blank = false;
        self.waiting = trivia.after.map(str::to_owned);
    }

    fn multi(&mut self, opening: &str, lines: &[String], apart: bool, indent: usize) {
        let margin = " ".repeat(indent + INDENT);
        let mut whole = opening.to_owned();
        for line in lines {
            whole.push('\n');
            if !line.is_empty() {
                whole.push_str(&margin);
                whole.push_str(line);
            }
        }
        if apart {
            whole.push('\n');
            whole.push_str(&" ".repeat(indent));
        }
        whole.push_str(QUOTES);
        self.write(&whole);
    }
}

const QUOTES: &str = "\"\"\"";
