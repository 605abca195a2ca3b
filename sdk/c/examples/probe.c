/* Does what its input says and tells what it saw: for the tests of the host. */
#include <cairn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const cairn_value *input;

static const char *given(const char *name)
{
    const char *text = cairn_text(cairn_field(input, name));
    return text ? text : "";
}

static uint64_t wall_ms(void)
{
    struct timespec at;
    clock_gettime(CLOCK_REALTIME, &at);
    return (uint64_t)at.tv_sec * 1000 + (uint64_t)at.tv_nsec / 1000000;
}

/* The data of an event. */
static cairn_result data_of(cairn_result event)
{
    return event.ok ? cairn_ok(cairn_source(cairn_field(cairn_read(event.value), "data"))) : event;
}

static cairn_result wait_for_go(void)
{
    return data_of(cairn_wait(cairn_receive("go", "go", NULL)));
}

/* What it gives once `go` has come. */
static cairn_result after_go(const char *json)
{
    cairn_result go = wait_for_go();
    return go.ok ? cairn_ok(json) : go;
}

/* The kind of a failure that was to come. */
static cairn_result kind_of(cairn_result result)
{
    return result.ok ? result : cairn_ok(cairn_json("%s", result.failure.kind));
}

static cairn_result echo(void)
{
    return cairn_ok(cairn_source(cairn_field(input, "value")));
}

static cairn_result fail(void)
{
    return cairn_fail("refused", "as asked", "{\"code\": 7}");
}

static cairn_result crash(void)
{
    fputs("as the input said\n", stderr);
    abort();
}

/* ---- Calls ---- */

static cairn_result call(void)
{
    return cairn_wait(cairn_call("call", "t.echo", cairn_json("{'text': %s}", given("text")), NULL));
}

static cairn_result call_failed(void)
{
    cairn_result refused = cairn_wait(cairn_call("refuse", "t.refuse", "{}", NULL));
    if (refused.ok)
        return refused;
    cairn_failure *why = &refused.failure;
    return cairn_ok(cairn_json("{'kind': %s, 'message': %s, 'detail': %j}", why->kind, why->message, why->detail));
}

static cairn_result call_uncaught(void)
{
    return cairn_wait(cairn_call("refuse", "t.refuse", "{}", NULL));
}

static cairn_result call_retry(void)
{
    return cairn_wait(cairn_call("shaky", "t.shaky", "{}", &(cairn_options){.attempts = 3, .delay_ms = 10}));
}

static cairn_result call_not_retried(void)
{
    const char *const on[] = {"http_5xx", NULL};
    return kind_of(cairn_wait(cairn_call("refuse", "t.refuse", "{}", &(cairn_options){.attempts = 3, .delay_ms = 10, .on = on})));
}

static cairn_result call_timeout(void)
{
    return kind_of(cairn_wait(cairn_call("slow", "t.slow", "{}", &(cairn_options){.timeout_ms = 200})));
}

static cairn_result together(void)
{
    const cairn_value *texts = cairn_field(input, "texts");
    size_t count = texts->count, i = 0;
    cairn_operation *begun = calloc(count + 1, sizeof *begun);
    const char **results = calloc(count + 1, sizeof *results);
    for (const cairn_value *text = texts->first; text; text = text->next)
        begun[i++] = cairn_call(cairn_key("item[%s]", text->text), "t.slowly", cairn_json("{'text': %s}", text->text), NULL);
    for (i = 0; i < count; i++) {
        cairn_result one = cairn_wait(begun[i]);
        if (!one.ok)
            return one;
        results[i] = one.value;
    }
    return cairn_ok(cairn_list(count, results));
}

static cairn_result first(void)
{
    const cairn_operation both[] = {cairn_call("a", "t.slow", "{}", NULL), cairn_call("b", "t.echo", "{\"text\": \"b\"}", NULL)};
    size_t index = cairn_first(both, 2);
    cairn_cancel(both[1 - index]);
    cairn_result go = wait_for_go(), result = cairn_wait(both[index]);
    if (!go.ok || !result.ok)
        return go.ok ? result : go;
    return cairn_ok(cairn_json("{'index': %zu, 'result': %j}", index, result.value));
}

/* ---- Time and chance ---- */

static cairn_result nap(void)
{
    uint64_t before = wall_ms();
    cairn_result slept = cairn_wait(cairn_sleep("nap", (uint64_t)cairn_integer(cairn_field(input, "ms"), 0)));
    return slept.ok ? cairn_ok(cairn_json("%llu", wall_ms() - before)) : slept;
}

static cairn_result nap_native(void)
{
    uint64_t before = wall_ms();
    usleep((useconds_t)cairn_integer(cairn_field(input, "ms"), 0) * 1000);
    return cairn_ok(cairn_json("%llu", wall_ms() - before));
}

static cairn_result nap_until(void)
{
    cairn_result slept = cairn_wait(cairn_sleep_until("until", (uint64_t)cairn_integer(cairn_field(input, "at"), 0)));
    return slept.ok ? cairn_ok(cairn_json("%llu", wall_ms())) : slept;
}

static cairn_result look_at_clocks(void)
{
    struct timespec wall[2], steady[2];
    clock_gettime(CLOCK_REALTIME, &wall[0]);
    clock_gettime(CLOCK_MONOTONIC, &steady[0]);
    uint64_t first = wall_ms();
    volatile uint64_t sum = 0;
    for (uint64_t n = 0; n < 100000; n++)
        sum = sum * 31 + n;
    clock_gettime(CLOCK_REALTIME, &wall[1]);
    clock_gettime(CLOCK_MONOTONIC, &steady[1]);
    bool frozen = !memcmp(&wall[0], &wall[1], sizeof *wall) && !memcmp(&steady[0], &steady[1], sizeof *steady);
    printf("wall %llu\n", (unsigned long long)first);
    return after_go(cairn_json("{'frozen': %b, 'wall': %llu}", frozen, first));
}

static cairn_result draw(void)
{
    uint64_t drawn[2];
    for (int i = 0; i < 2; i++)
        getentropy(&drawn[i], sizeof drawn[i]);
    const char *text = cairn_format("%llu %llu", (unsigned long long)drawn[0], (unsigned long long)drawn[1]);
    puts(text);
    return after_go(cairn_json("%s", text));
}

static cairn_result now(void)
{
    uint64_t moment = cairn_now("moment");
    printf("now %llu\n", (unsigned long long)moment);
    return after_go(cairn_json("%llu", moment));
}

/* ---- Events ---- */

static cairn_result two_events(void)
{
    const char *keys[] = {"one", "two"}, *numbers[2];
    for (int i = 0; i < 2; i++) {
        cairn_result data = data_of(cairn_wait(cairn_receive(keys[i], "go", NULL)));
        if (!data.ok)
            return data;
        numbers[i] = cairn_source(cairn_field(cairn_read(data.value), "n"));
    }
    return cairn_ok(cairn_list(2, numbers));
}

static cairn_result event_where(void)
{
    const cairn_where where[] = {{"id", cairn_source(cairn_field(input, "id"))}, {0}};
    return data_of(cairn_wait(cairn_receive("go", "go", where)));
}

static cairn_result event_timeout(void)
{
    const cairn_operation both[] = {
        cairn_receive("go", "go", NULL),
        cairn_sleep("patience", (uint64_t)cairn_integer(cairn_field(input, "ms"), 0)),
    };
    size_t index = cairn_first(both, 2);
    cairn_cancel(both[1 - index]);
    return cairn_ok(index ? "\"late\"" : "\"came\"");
}

static cairn_result ask(void)
{
    cairn_result answer = cairn_wait(cairn_ask("ask", "ops", cairn_json("{'title': 'Go on?', 'choices': ['yes', 'no']}")));
    if (!answer.ok)
        return answer;
    const cairn_value *said = cairn_read(answer.value);
    return cairn_ok(cairn_json("{'choice': %s, 'by': %s}", cairn_text(cairn_field(said, "choice")), cairn_text(cairn_field(said, "by"))));
}

static cairn_result emit(void)
{
    cairn_result told = cairn_wait(cairn_emit("tell", "go", "{\"n\": 1}", cairn_who().instance));
    return told.ok ? wait_for_go() : told;
}

/* ---- Steps ---- */

static cairn_result step(void)
{
    cairn_result outcome;
    cairn_step body = cairn_begin("body", NULL);
    while (cairn_attempt(&body, &outcome)) {
        puts("body ran");
        cairn_end(&body, cairn_ok("{\"n\": 1}"));
    }
    return outcome.ok ? after_go(outcome.value) : outcome;
}

static cairn_result step_retry(void)
{
    const char *const on[] = {"shaky", NULL};
    cairn_result outcome;
    cairn_step shaky = cairn_begin("shaky", &(cairn_options){.attempts = 3, .delay_ms = 20, .on = on});
    while (cairn_attempt(&shaky, &outcome)) {
        printf("attempt %u\n", (unsigned)shaky.number);
        if (shaky.number < 3)
            cairn_end(&shaky, cairn_fail("shaky", cairn_format("attempt %u", (unsigned)shaky.number), NULL));
        else
            cairn_end(&shaky, cairn_ok(cairn_json("{'attempt': 3, 'key': %s}", shaky.idempotency_key)));
    }
    return outcome.ok ? after_go(outcome.value) : outcome;
}

static cairn_result step_failed(void)
{
    cairn_result outcome;
    cairn_step lost = cairn_begin("lost", NULL);
    while (cairn_attempt(&lost, &outcome))
        cairn_end(&lost, cairn_fail("gone", "for good", NULL));
    return kind_of(outcome);
}

static void compute_for_ever(void)
{
    for (volatile unsigned n = 0;; n++)
        ;
}

static cairn_result step_slow(void)
{
    cairn_result outcome;
    cairn_step slow = cairn_begin("slow", &(cairn_options){.timeout_ms = 300, .attempts = 2, .delay_ms = 10});
    while (cairn_attempt(&slow, &outcome)) {
        if (slow.number == 1)
            compute_for_ever();
        cairn_end(&slow, cairn_ok(cairn_json("{'attempt': %u}", slow.number)));
    }
    return outcome;
}

static cairn_result step_nested(void)
{
    cairn_result outcome, inner;
    cairn_step outer = cairn_begin("outer", NULL);
    while (cairn_attempt(&outer, &outcome)) {
        cairn_step step = cairn_begin("inner", NULL);
        while (cairn_attempt(&step, &inner))
            cairn_end(&step, cairn_ok("1"));
        cairn_end(&outer, inner);
    }
    return outcome;
}

static cairn_result call_in_step(void)
{
    cairn_result outcome;
    cairn_step outer = cairn_begin("outer", NULL);
    while (cairn_attempt(&outer, &outcome))
        cairn_end(&outer, cairn_wait(cairn_call("call", "t.echo", "{\"text\": \"in a step\"}", NULL)));
    return outcome;
}

/* ---- Undos ---- */

static cairn_result reserve(const char *item)
{
    const char *arguments = cairn_json("{'item': %s}", item);
    cairn_result held = cairn_wait(cairn_call(item, "t.reserve", arguments, NULL));
    if (held.ok)
        cairn_undo(cairn_format("undo_%s", item), "t.release", arguments, NULL);
    return held;
}

static cairn_result undo(void)
{
    cairn_result a = reserve("a");
    if (!a.ok)
        return a;
    cairn_result b = reserve("b");
    if (!b.ok)
        return b;
    return cairn_fail("refused", "after both", NULL);
}

static cairn_result unwind(void)
{
    uint32_t depth = cairn_undo_depth();
    cairn_result a = reserve("a");
    if (!a.ok)
        return a;
    cairn_result back = cairn_unwind("back", depth);
    return back.ok ? cairn_ok("\"back\"") : back;
}

static cairn_result undo_cancel(void)
{
    cairn_result a = reserve("a");
    return a.ok ? wait_for_go() : a;
}

static cairn_result cancel_seen(void)
{
    cairn_result go = wait_for_go();
    if (cairn_failed(&go, "cancelled"))
        puts("cleaning up");
    return go;
}

/* ---- What has no end ---- */

static cairn_result loop(void)
{
    compute_for_ever();
    return cairn_ok(NULL);
}

static cairn_result memory(void)
{
    const size_t bytes = 1 << 20;
    for (volatile char *last = NULL;;) {
        char *more = malloc(bytes);
        if (!more)
            abort();
        memset(more, last ? *last + 1 : 1, bytes);
        last = more;
    }
}

static cairn_result restart(void)
{
    int64_t n = cairn_integer(cairn_field(input, "n"), 0);
    if (n)
        cairn_restart(cairn_json("{'case': 'restart', 'n': %lld}", n - 1));
    return cairn_ok("\"done\"");
}

/* ---- The rest ---- */

static cairn_result lock(void)
{
    cairn_result held = cairn_wait(cairn_lock("door", "door", 1));
    if (!held.ok)
        return held;
    cairn_result go = wait_for_go();
    cairn_unlock("door");
    return go.ok ? cairn_ok("\"held\"") : go;
}

static cairn_result who(void)
{
    cairn_identity me = cairn_who();
    return cairn_ok(cairn_json("{'instance': %s, 'workflow': %s}", me.instance, me.workflow));
}

static cairn_result expose(void)
{
    cairn_expose("{\"at\": \"door\"}");
    return after_go(NULL);
}

static cairn_result log_lines(void)
{
    cairn_log(CAIRN_INFO, "noted", "{\"n\": 1}");
    cairn_log(CAIRN_WARN, "careful", NULL);
    return after_go(NULL);
}

static cairn_result print(void)
{
    puts("one");
    fputs("two\n", stderr);
    cairn_result go = after_go(NULL);
    printf("three");
    return go;
}

static cairn_result closed(void)
{
    extern char **environ;
    FILE *file = fopen("/etc/passwd", "r");
    int vars = 0;
    while (environ && environ[vars])
        vars++;
    /* A function has no main that arguments could be passed to. */
    return cairn_ok(cairn_json("{'file': %b, 'vars': %d, 'args': 0}", file != NULL, vars));
}

static cairn_result leave(void)
{
    exit(3);
}

enum { PART, BAD, GOOD };

cairn_result cairn_run_block(uint32_t number, const char *captured)
{
    cairn_result a;
    switch (number) {
    case PART: {
        const char *text = cairn_text(cairn_field(cairn_read(captured), "text"));
        printf("part %s\n", text);
        cairn_result said = cairn_wait(cairn_call("say", "t.slowly", cairn_json("{'text': %s}", text), NULL));
        if (!said.ok)
            return said;
        cairn_result slept = cairn_wait(cairn_sleep("nap", 5));
        return slept.ok ? cairn_ok(cairn_json("[%s, %j]", text, said.value)) : slept;
    }
    case BAD:
        a = reserve("a");
        return a.ok ? cairn_fail("refused", "as asked", NULL) : a;
    case GOOD:
        a = reserve("a");
        return a.ok ? reserve("b") : a;
    }
    return cairn_fail("bad_data", "no such block", NULL);
}

static cairn_result blocks(void)
{
    cairn_operation begun_a = cairn_block("part[a]", PART, "{\"text\":\"a\"}");
    cairn_operation begun_b = cairn_block("part[b]", PART, "{\"text\":\"b\"}");
    cairn_result a = cairn_wait(begun_a), b = cairn_wait(begun_b);
    if (!a.ok || !b.ok)
        return a.ok ? b : a;
    return cairn_ok(cairn_json("[%j, %j]", a.value, b.value));
}

static cairn_result block_failed(void)
{
    cairn_failure failure = cairn_wait(cairn_block("bad", BAD, "{}")).failure;
    return cairn_ok(cairn_json("{'kind': %s, 'message': %s}", failure.kind, failure.message));
}

static cairn_result block_undo(void)
{
    cairn_result good = cairn_wait(cairn_block("good", GOOD, "{}"));
    return good.ok ? cairn_fail("refused", "as asked", NULL) : good;
}

static cairn_result saga(void)
{
    cairn_result a = reserve("a");
    if (!a.ok)
        return a;
    cairn_result body;
    cairn_step step = cairn_begin("body", NULL);
    while (cairn_attempt(&step, &body)) {
        puts("body");
        cairn_end(&step, cairn_ok("1"));
    }
    if (!body.ok)
        return body;
    cairn_result slept = cairn_wait(cairn_sleep("nap", 5));
    if (!slept.ok)
        return slept;
    cairn_result b = reserve("b");
    if (!b.ok)
        return b;
    cairn_result go = wait_for_go();
    if (!go.ok)
        return go;
    return cairn_ok(cairn_json("{'a': %j, 'body': %j, 'b': %j, 'go': %j}", a.value, body.value, b.value, go.value));
}

static const struct {
    const char *name;
    cairn_result (*run)(void);
} cases[] = {
    {"echo", echo},
    {"fail", fail},
    {"crash", crash},
    {"call", call},
    {"call_failed", call_failed},
    {"call_uncaught", call_uncaught},
    {"call_retry", call_retry},
    {"call_not_retried", call_not_retried},
    {"call_timeout", call_timeout},
    {"together", together},
    {"first", first},
    {"sleep", nap},
    {"sleep_native", nap_native},
    {"sleep_until", nap_until},
    {"time", look_at_clocks},
    {"random", draw},
    {"now", now},
    {"event", wait_for_go},
    {"two_events", two_events},
    {"event_where", event_where},
    {"event_timeout", event_timeout},
    {"ask", ask},
    {"emit", emit},
    {"step", step},
    {"step_retry", step_retry},
    {"step_failed", step_failed},
    {"step_slow", step_slow},
    {"step_nested", step_nested},
    {"call_in_step", call_in_step},
    {"undo", undo},
    {"unwind", unwind},
    {"undo_cancel", undo_cancel},
    {"cancel_seen", cancel_seen},
    {"loop", loop},
    {"memory", memory},
    {"restart", restart},
    {"lock", lock},
    {"who", who},
    {"expose", expose},
    {"log", log_lines},
    {"print", print},
    {"closed", closed},
    {"exit", leave},
    {"blocks", blocks},
    {"block_failed", block_failed},
    {"block_undo", block_undo},
    {"saga", saga},
};

cairn_result cairn_run(const char *json)
{
    input = cairn_read(json);
    const char *name = given("case");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (!strcmp(cases[i].name, name))
            return cases[i].run();
    return cairn_fail("bad_data", cairn_format("no such case: %s", name), NULL);
}
