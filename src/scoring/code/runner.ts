// The Python program that runs inside the sandbox: reads a task from stdin, limits itself, runs answer and test, and writes
// the seal where the test came to its end. The answer's own output goes nowhere.

export const RUNNER = `
import json, os, resource, sys, types
task = json.loads(sys.stdin.buffer.read())
report = os.dup(1)
nowhere = os.open(os.devnull, os.O_RDWR)
for stream in (0, 1, 2):
    os.dup2(nowhere, stream)
def limit(kind, value):
    try:
        resource.setrlimit(kind, (value, value))
    except (ValueError, OSError):
        pass
limit(resource.RLIMIT_AS, task['memory'])
limit(resource.RLIMIT_CPU, int(task['seconds']) + 1)
limit(resource.RLIMIT_FSIZE, 1 << 24)
limit(resource.RLIMIT_CORE, 0)
answer = types.ModuleType('answer')
sys.modules['answer'] = answer
space = answer.__dict__
def run(source, name):
    exec(compile(source, name, 'exec'), space)
if task['prelude']:
    try:
        run(task['prelude'], '<query>')
    except Exception:
        pass
run(task['program'], '<answer>')
run(task['test'], '<test>')
os.write(report, task['seal'].encode())
os._exit(0)
`;
