/* The world cairn:workflow@0.3.0, in the core ABI of components: what stands behind cairn.h. */
#include "cairn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IMPORT(module, name) __attribute__((import_module("cairn:workflow/" module "@0.3.0"), import_name(name)))
#define EXPORT(name) __attribute__((export_name(name), used))

/* ---- The shapes of the world in memory ---- */

typedef struct { const char *at; size_t bytes; } text;
typedef struct { const text *at; size_t count; } texts;
typedef struct { text kind, message, detail; } world_failure;
typedef struct { uint8_t failed; union { text value; world_failure failure; }; } world_result;
typedef struct { uint8_t some; uint64_t value; } world_time;

typedef struct {
    uint32_t attempts;
    uint64_t delay;
    uint8_t backoff; /* constant, linear, exponential */
    double factor;
    uint64_t longest_delay;
    double jitter;
    texts on;
} world_retry;

typedef struct {
    world_time timeout, deadline;
    struct { uint8_t some; world_retry value; } retry;
    struct { uint8_t some; text key; uint64_t age; } cache;
    uint8_t unclear;
} world_options;

typedef struct { text tool, arguments; texts secrets; } world_request;
typedef struct { text key; world_request request; world_options options; } world_asked;
typedef struct { text key; world_options options; } world_opened;

typedef struct {
    uint8_t attempt;
    union {
        world_result recorded;
        struct { uint32_t number; text key; } at;
    };
} world_turn;

typedef struct { text field, json; } world_where;
typedef struct {
    text event;
    struct { const world_where *at; size_t count; } where;
    struct { uint8_t some; text value; } condition;
} world_subscription;

typedef struct { text tenant, workflow, version, instance; uint64_t started; } world_identity;

/* The layout is a matter of the ABI; these numbers are its own. */
_Static_assert(sizeof(world_result) == 28 && sizeof(world_turn) == 32 && sizeof(world_options) == 128, "layout");
_Static_assert(sizeof(world_asked) == 160 && sizeof(world_opened) == 136 && sizeof(world_subscription) == 28, "layout");

/* ---- What is imported: texts are passed as two arguments ---- */

IMPORT("types", "[method]operation.outcome") void world_outcome(int32_t, world_result *);
IMPORT("types", "[method]operation.cancel") void world_cancel(int32_t);
IMPORT("types", "[resource-drop]operation") void world_drop(int32_t);
IMPORT("step", "call") int32_t world_call(const world_asked *);
IMPORT("step", "begin") void world_begin(const world_opened *, world_turn *);
IMPORT("step", "end") void world_end(int32_t, const char *, size_t, const char *, size_t, const char *, size_t, world_turn *);
IMPORT("step", "undo") void world_undo(const world_asked *);
IMPORT("step", "undo-depth") uint32_t world_undo_depth(void);
IMPORT("step", "unwind") int32_t world_unwind(const char *, size_t, uint32_t);
IMPORT("sleep", "span") int32_t world_span(const char *, size_t, uint64_t);
IMPORT("sleep", "until") int32_t world_until(const char *, size_t, uint64_t);
IMPORT("event", "receive") int32_t world_receive(const char *, size_t, const world_subscription *, size_t);
IMPORT("event", "ask") int32_t world_ask(const char *, size_t, const char *, size_t, const char *, size_t);
IMPORT("event", "emit") int32_t world_emit(const char *, size_t, const char *, size_t, const char *, size_t, int32_t, const char *, size_t);
IMPORT("flow", "first") uint32_t world_first(const cairn_operation *, size_t);
IMPORT("flow", "block") int32_t world_block(const char *, size_t, uint32_t, const char *, size_t);
IMPORT("flow", "undo-block") void world_undo_block(const char *, size_t, uint32_t, const char *, size_t);
IMPORT("flow", "child") int32_t world_child(const char *, size_t, const char *, size_t, const char *, size_t);
IMPORT("flow", "spawn") int32_t world_spawn(const char *, size_t, const char *, size_t, const char *, size_t);
IMPORT("flow", "lock") int32_t world_lock(const char *, size_t, const char *, size_t, uint32_t);
IMPORT("flow", "unlock") void world_unlock(const char *, size_t);
IMPORT("flow", "restart") void world_restart(const char *, size_t);
IMPORT("context", "who") void world_who(world_identity *);
IMPORT("context", "now") uint64_t world_now(const char *, size_t);
IMPORT("context", "random") uint64_t world_random(const char *, size_t);
IMPORT("context", "log") void world_log(int32_t, const char *, size_t, const char *, size_t);
IMPORT("context", "expose") void world_expose(const char *, size_t);
IMPORT("context", "calendar") void world_calendar(const char *, size_t, const char *, size_t, uint64_t, const char *, size_t, const char *, size_t, world_result *);

/* Two arguments of a text. */
#define TEXT(of) (of), strlen(of)

static text text_of(const char *of)
{
    return (text){of, strlen(of)};
}

/* One that came from the host has a zero behind it, by cairn_realloc; for an empty one that may not have been asked. */
static const char *c_text(text of)
{
    return of.bytes ? of.at : "";
}

/* ---- Memory ---- */

static _Noreturn void die(const char *why)
{
    fprintf(stderr, "%s\n", why);
    abort();
}

/* Where the host puts what it gives: a zero behind each makes C's texts of the world's. */
EXPORT("cabi_realloc") void *cairn_realloc(void *old, size_t old_bytes, size_t align, size_t bytes)
{
    (void)align; /* malloc's is enough for all that this world knows */
    char *at = realloc(old_bytes ? old : NULL, bytes + 1);
    if (!at)
        die("there is no memory left");
    at[bytes] = 0;
    return at;
}

static void *allocate(size_t bytes)
{
    return cairn_realloc(NULL, 0, 8, bytes);
}

/* ---- Results ---- */

cairn_result cairn_ok(const char *json)
{
    return (cairn_result){.ok = true, .value = json ? json : "null"};
}

cairn_result cairn_fail(const char *kind, const char *message, const char *detail)
{
    return (cairn_result){.failure = {kind, message ? message : "", detail ? detail : "null"}};
}

bool cairn_failed(const cairn_result *result, const char *kind)
{
    return !result->ok && !strcmp(result->failure.kind, kind);
}

static cairn_result of_world(const world_result *result)
{
    if (!result->failed)
        return cairn_ok(c_text(result->value));
    const world_failure *failure = &result->failure;
    return cairn_fail(c_text(failure->kind), c_text(failure->message), c_text(failure->detail));
}

static world_result to_world(cairn_result result)
{
    if (result.ok)
        return (world_result){.value = text_of(result.value)};
    cairn_failure *failure = &result.failure;
    return (world_result){1, .failure = {text_of(failure->kind), text_of(failure->message), text_of(failure->detail)}};
}

static world_result *ended(cairn_result how)
{
    static world_result result;
    result = to_world(how);
    fflush(NULL); /* a last line without an end would stay in its buffer */
    return &result;
}

EXPORT("run") world_result *cairn_exported_run(char *input, size_t bytes)
{
    setvbuf(stdout, NULL, _IOLBF, 0); /* what is in a buffer is lost where the run is unloaded */
    return ended(cairn_run(bytes ? input : "null"));
}

EXPORT("cairn:workflow/blocks@0.3.0#run-block") world_result *cairn_exported_run_block(uint32_t number, char *captured, size_t bytes)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    return ended(cairn_run_block(number, bytes ? captured : "{}"));
}

/* Of those that have none. */
__attribute__((weak)) cairn_result cairn_run_block(uint32_t number, const char *captured)
{
    (void)number, (void)captured;
    return cairn_fail("bad_data", "this code has no blocks", NULL);
}

/* ---- Operations ---- */

cairn_result cairn_wait(cairn_operation operation)
{
    world_result result;
    world_outcome(operation.handle, &result);
    return of_world(&result);
}

void cairn_cancel(cairn_operation operation)
{
    world_cancel(operation.handle);
}

void cairn_drop(cairn_operation operation)
{
    world_drop(operation.handle);
}

size_t cairn_first(const cairn_operation *of, size_t count)
{
    return world_first(of, count);
}

/* ---- Steps ---- */

/* `on` must live as long as what is made of it. */
static world_options options_of(const cairn_options *given, text **on)
{
    world_options options = {0};
    *on = NULL;
    if (!given)
        return options;
    options.timeout = (world_time){given->timeout_ms != 0, given->timeout_ms};
    options.deadline = (world_time){given->deadline != 0, given->deadline};
    options.unclear = (uint8_t)given->unclear;
    if (given->cache_key) {
        options.cache.some = 1;
        options.cache.key = text_of(given->cache_key);
        options.cache.age = given->cache_age_ms;
    }
    if (!given->attempts)
        return options;
    size_t count = 0;
    while (given->on && given->on[count])
        count++;
    if (count)
        *on = allocate(count * sizeof(text));
    for (size_t i = 0; i < count; i++)
        (*on)[i] = text_of(given->on[i]);
    options.retry.some = 1;
    options.retry.value = (world_retry){
        .attempts = given->attempts,
        .delay = given->delay_ms ? given->delay_ms : 1000,
        .backoff = (uint8_t)(CAIRN_CONSTANT - given->backoff),
        .factor = given->factor != 0 ? given->factor : 2,
        .longest_delay = given->longest_delay_ms ? given->longest_delay_ms : 60000,
        .jitter = given->jitter,
        .on = {*on, count},
    };
    return options;
}

enum { TURN_RECORDED, TURN_ATTEMPT, TURN_BODY };

static void take_turn(cairn_step *step, const world_turn *turn)
{
    if (turn->attempt) {
        step->turn = TURN_ATTEMPT;
        step->number = turn->at.number;
        step->idempotency_key = c_text(turn->at.key);
    } else {
        step->turn = TURN_RECORDED;
        step->outcome = of_world(&turn->recorded);
    }
}

cairn_step cairn_begin(const char *key, const cairn_options *options)
{
    text *on;
    world_opened opened = {text_of(key), options_of(options, &on)};
    world_turn turn;
    world_begin(&opened, &turn);
    free(on);
    cairn_step step = {0};
    take_turn(&step, &turn);
    return step;
}

bool cairn_attempt(cairn_step *step, cairn_result *outcome)
{
    if (step->turn == TURN_BODY)
        die("the body of a step came to its end without cairn_end");
    if (step->turn == TURN_ATTEMPT) {
        step->turn = TURN_BODY;
        return true;
    }
    *outcome = step->outcome;
    return false;
}

void cairn_end(cairn_step *step, cairn_result result)
{
    if (step->turn != TURN_BODY)
        die("cairn_end outside of the body of a step");
    world_turn turn;
    if (result.ok)
        world_end(0, TEXT(result.value), NULL, 0, NULL, 0, &turn);
    else
        world_end(1, TEXT(result.failure.kind), TEXT(result.failure.message), TEXT(result.failure.detail), &turn);
    take_turn(step, &turn);
}

static world_asked asked_of(const char *key, const char *tool, const char *arguments, const cairn_options *options, text **on)
{
    return (world_asked){text_of(key), {text_of(tool), text_of(arguments ? arguments : "{}"), {NULL, 0}}, options_of(options, on)};
}

cairn_operation cairn_call(const char *key, const char *tool, const char *arguments, const cairn_options *options)
{
    text *on;
    world_asked asked = asked_of(key, tool, arguments, options, &on);
    cairn_operation operation = {world_call(&asked)};
    free(on);
    return operation;
}

void cairn_undo(const char *key, const char *tool, const char *arguments, const cairn_options *options)
{
    text *on;
    world_asked asked = asked_of(key, tool, arguments, options, &on);
    world_undo(&asked);
    free(on);
}

uint32_t cairn_undo_depth(void)
{
    return world_undo_depth();
}

cairn_result cairn_unwind(const char *key, uint32_t depth)
{
    return cairn_wait((cairn_operation){world_unwind(TEXT(key), depth)});
}

/* ---- Time ---- */

cairn_operation cairn_sleep(const char *key, uint64_t ms)
{
    return (cairn_operation){world_span(TEXT(key), ms)};
}

cairn_operation cairn_sleep_until(const char *key, uint64_t moment)
{
    return (cairn_operation){world_until(TEXT(key), moment)};
}

uint64_t cairn_now(const char *key)
{
    return world_now(TEXT(key));
}

uint64_t cairn_random(const char *key)
{
    return world_random(TEXT(key));
}

cairn_result cairn_calendar(const char *key, const char *question, uint64_t moment, const char *zone, const char *arguments)
{
    world_result result;
    arguments = arguments ? arguments : "[]";
    world_calendar(TEXT(key), TEXT(question), moment, TEXT(zone), TEXT(arguments), &result);
    return of_world(&result);
}

/* ---- Outside ---- */

cairn_operation cairn_receive(const char *key, const char *event, const cairn_where *where)
{
    size_t count = 0;
    while (where && where[count].field)
        count++;
    world_where *fields = allocate(count * sizeof *fields);
    for (size_t i = 0; i < count; i++)
        fields[i] = (world_where){text_of(where[i].field), text_of(where[i].json)};
    world_subscription one = {.event = text_of(event), .where = {fields, count}};
    cairn_operation operation = {world_receive(TEXT(key), &one, 1)};
    free(fields);
    return operation;
}

cairn_operation cairn_ask(const char *key, const char *whom, const char *task)
{
    return (cairn_operation){world_ask(TEXT(key), TEXT(whom), TEXT(task))};
}

cairn_operation cairn_emit(const char *key, const char *event, const char *data, const char *to)
{
    data = data ? data : "{}";
    return (cairn_operation){world_emit(TEXT(key), TEXT(event), TEXT(data), to != NULL, to, to ? strlen(to) : 0)};
}

/* ---- Other workflows ---- */

cairn_operation cairn_block(const char *key, uint32_t number, const char *captured)
{
    return (cairn_operation){world_block(TEXT(key), number, TEXT(captured))};
}

void cairn_undo_block(const char *key, uint32_t number, const char *captured)
{
    world_undo_block(TEXT(key), number, TEXT(captured));
}

cairn_operation cairn_child(const char *key, const char *workflow, const char *input)
{
    return (cairn_operation){world_child(TEXT(key), TEXT(workflow), TEXT(input))};
}

cairn_operation cairn_spawn(const char *key, const char *workflow, const char *input)
{
    return (cairn_operation){world_spawn(TEXT(key), TEXT(workflow), TEXT(input))};
}

cairn_operation cairn_lock(const char *key, const char *name, uint32_t places)
{
    return (cairn_operation){world_lock(TEXT(key), TEXT(name), places)};
}

void cairn_unlock(const char *key)
{
    world_unlock(TEXT(key));
}

void cairn_restart(const char *input)
{
    fflush(NULL);
    world_restart(TEXT(input));
    die("the run was to begin anew, and went on");
}

/* ---- Who ---- */

cairn_identity cairn_who(void)
{
    world_identity who;
    world_who(&who);
    return (cairn_identity){c_text(who.tenant), c_text(who.workflow), c_text(who.version), c_text(who.instance), who.started};
}

void cairn_expose(const char *json)
{
    world_expose(TEXT(json));
}

void cairn_log(cairn_level level, const char *message, const char *fields)
{
    fflush(NULL); /* lines stand in the order in which they were written */
    fields = fields ? fields : "{}";
    world_log((int32_t)level, TEXT(message), TEXT(fields));
}
