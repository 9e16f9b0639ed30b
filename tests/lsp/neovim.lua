-- Drives the server from Neovim 0.7 or newer without plugins; writes what came back as JSON.
local root = vim.env.KB_ROOT
local done = {}
vim.o.virtualedit = "onemore" -- so that the cursor can stand behind the last letter, as in insert mode

-- the guide's setting for this Neovim, word for word
assert(loadstring(vim.env.KB_SETTINGS))()

vim.cmd("edit " .. root .. "/notes/rank.md")
local buffer = vim.api.nvim_get_current_buf()
local client
vim.wait(15000, function()
  client = next(vim.lsp.buf_get_clients(buffer))
  return client ~= nil
end, 20)

local function wait_for(what)
  if not vim.wait(15000, what, 20) then
    done.failed = "waited too long"
  end
end
local function ask(method, params)
  local answers = vim.lsp.buf_request_sync(buffer, method, params, 15000) or {}
  for _, answer in pairs(answers) do
    if answer.error then return { error = answer.error.message } end
    return answer.result
  end
end
local function at(line, column)
  vim.api.nvim_win_set_cursor(0, { line, column })
  return vim.lsp.util.make_position_params()
end
local function diagnostics()
  local found = {}
  for _, d in ipairs(vim.diagnostic.get(buffer)) do
    local text = vim.api.nvim_buf_get_lines(buffer, d.lnum, d.lnum + 1, false)[1]
    local code = d.code or (d.user_data and d.user_data.lsp and d.user_data.lsp.code)
    table.insert(found, { code = code, words = text:sub(d.col + 1, d.end_col) })
  end
  return found
end

wait_for(function() return #vim.diagnostic.get(buffer) > 0 end)
done.diagnostics = diagnostics()

-- typed, not saved: behind wide letters
vim.api.nvim_buf_set_lines(buffer, 6, 7, false, { "𝐀 and 𝔼: [[eigen#Visual]] and [[nowhere]]." })
wait_for(function()
  for _, d in ipairs(diagnostics()) do
    if d.words:find("nowhere") then return true end
  end
end)
done.typed = diagnostics()

local line = vim.api.nvim_buf_get_lines(buffer, 6, 7, false)[1]
local hover = ask("textDocument/hover", at(7, line:find("eigen", 1, true)))
done.hover = hover and hover.contents.value
local definition = ask("textDocument/definition", at(7, line:find("eigen", 1, true)))
done.definition = definition and definition.range.start.line
done.lens = ask("textDocument/codeLens", { textDocument = vim.lsp.util.make_text_document_params() })
done.references = #(ask("textDocument/references", vim.tbl_extend("force", at(7, line:find("eigen", 1, true)), { context = { includeDeclaration = false } })) or {})

-- completion, put in by Neovim's own function
vim.api.nvim_buf_set_lines(buffer, 7, 8, false, { "𝔼 [[eig" })
local items = ask("textDocument/completion", at(8, #"𝔼 [[eig")).items
for _, item in ipairs(items) do
  if item.label == "Eigenvectors" then
    vim.lsp.util.apply_text_edits({ item.textEdit }, buffer, vim.lsp.get_client_by_id(client).offset_encoding)
  end
end
done.completed = vim.api.nvim_buf_get_lines(buffer, 7, 8, false)[1]

-- a quick fix, applied
local params = at(9, 3)
params = {
  textDocument = params.textDocument,
  range = { start = params.position, ["end"] = params.position },
  context = { diagnostics = {} },
}
vim.api.nvim_buf_set_lines(buffer, 8, 9, false, { "[[egien]]" })
for _, action in ipairs(ask("textDocument/codeAction", params) or {}) do
  if action.title == "Write `eigen`" then
    vim.lsp.util.apply_workspace_edit(action.edit, vim.lsp.get_client_by_id(client).offset_encoding)
  end
end
done.mended = vim.api.nvim_buf_get_lines(buffer, 8, 9, false)[1]

-- a note renamed from its link: the file moves
local where = at(7, line:find("eigen", 1, true))
vim.api.nvim_buf_set_lines(buffer, 6, 7, false, { "𝐀 and 𝔼: [[eigen]] and more." })
where = at(7, ("𝐀 and 𝔼: [["):len())
local edit = ask("textDocument/rename", vim.tbl_extend("force", where, { newName = "arrows" }))
if edit and not edit.error then
  vim.lsp.util.apply_workspace_edit(edit, vim.lsp.get_client_by_id(client).offset_encoding)
end
done.rename_error = edit and edit.error
done.renamed = vim.api.nvim_buf_get_lines(buffer, 6, 7, false)[1]
done.moved = vim.fn.filereadable(root .. "/notes/arrows.md")
done.gone = vim.fn.filereadable(root .. "/notes/eigen.md")

vim.fn.writefile({ vim.fn.json_encode(done) }, vim.env.KB_OUT)
vim.lsp.stop_client(client)
vim.wait(500, function() return vim.lsp.client_is_stopped(client) end, 20)
vim.cmd("qall!")
